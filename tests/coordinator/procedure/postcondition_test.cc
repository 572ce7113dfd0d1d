#include "coordinator/procedure/postcondition.h"

#include <string>

#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_farm.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Action;
using testing::HasSubstr;

Action Goal(plan::v1::Service service, plan::v1::RunState run_state,
            plan::v1::StartupType startup_type) {
  Action action;
  plan::v1::ServiceGoal* goal = run_state == plan::v1::RUNNING ? action.mutable_start_service()
                                : run_state == plan::v1::STOPPED
                                    ? action.mutable_stop_service()
                                    : action.mutable_set_startup_type();
  goal->set_service(service);
  goal->set_run_state(run_state);
  goal->set_startup_type(startup_type);
  return action;
}

Action Rewrite(plan::v1::Setting setting, const char* value) {
  Action action;
  plan::v1::SettingChange* change = action.mutable_rewrite()->add_changes();
  change->set_setting(setting);
  change->set_new_value(value);
  return action;
}

Action Settings(plan::v1::Setting setting, const char* value) {
  Action action;
  plan::v1::SettingValue* wanted = action.mutable_expect_settings()->add_settings();
  wanted->set_setting(setting);
  wanted->set_value(value);
  return action;
}

// To a file of these bytes.
Action Restore(const char* bytes) {
  Action action;
  action.mutable_restore()->set_restored_digest(Sha256(bytes));
  return action;
}

Action Assign(plan::v1::AssignmentState state) {
  Action action;
  action.set_set_assignment(state);
  return action;
}

void Keep(Farm& farm, const char* controller, uint64_t epoch, const char* run,
          plan::v1::AssignmentState state) {
  plan::v1::Assignment& kept = *farm.Host("fe1").mutable_assignment();
  kept.set_controller(controller);
  kept.set_epoch(epoch);
  kept.set_run(run);
  kept.set_state(state);
}

constexpr plan::v1::StartupType kAnyType = plan::v1::STARTUP_TYPE_UNSPECIFIED;
constexpr plan::v1::RunState kAnyState = plan::v1::RUN_STATE_UNSPECIFIED;

// A step on fe1, what is so there, and the verdict. The run publishes: fe2 at epoch 5 of run-1.
struct Row {
  const char* name;
  Action (*action)();
  void (*change)(Farm& farm);
  Proof proof;
  const char* detail;
};

Action ExpectSerial(const char* serial) {
  Action action;
  action.mutable_expect_serial()->set_serial(serial);
  return action;
}

const Row kRows[] = {
    {"Serial", [] { return ExpectSerial("AAAA-1111"); }, [](Farm& /*farm*/) {}, Proof::kHolds,
     "the serial is AAAA-1111"},
    {"AnotherSerial", [] { return ExpectSerial("BBBB-2222"); }, [](Farm& /*farm*/) {},
     Proof::kDoesNotHold, "the serial is AAAA-1111"},
    {"NoSerial", [] { return ExpectSerial("AAAA-1111"); },
     [](Farm& farm) { farm.GiveSerial("fe1", "", "not read yet"); }, Proof::kDoesNotHold,
     "the serial is not known: not read yet"},
    {"Stopped", [] { return Goal(plan::v1::CONTROLLER, plan::v1::STOPPED, kAnyType); },
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPED); },
     Proof::kHolds, "controller is stopped, automatic"},
    {"StillRunning", [] { return Goal(plan::v1::CONTROLLER, plan::v1::STOPPED, kAnyType); },
     [](Farm& /*farm*/) {}, Proof::kDoesNotHold, "controller is running, automatic"},
    {"StoppingIsNotStopped", [] { return Goal(plan::v1::CONTROLLER, plan::v1::STOPPED, kAnyType); },
     [](Farm& farm) {
       farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPING);
     },
     Proof::kDoesNotHold, "controller is stopping"},
    {"FailedIsNotStopped", [] { return Goal(plan::v1::CONTROLLER, plan::v1::STOPPED, kAnyType); },
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::FAILED); },
     Proof::kDoesNotHold, "controller is failed"},
    {"UnknownIsNotStopped", [] { return Goal(plan::v1::CONTROLLER, plan::v1::STOPPED, kAnyType); },
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(kAnyState); },
     Proof::kDoesNotHold, "controller is"},
    {"Initialised", [] { return Goal(plan::v1::CONTROLLER, plan::v1::RUNNING, kAnyType); },
     [](Farm& /*farm*/) {}, Proof::kHolds, "controller is running, automatic"},
    {"RunningIsNotInitialised",
     [] { return Goal(plan::v1::CONTROLLER, plan::v1::RUNNING, kAnyType); },
     [](Farm& farm) {
       farm.Service("fe1", plan::v1::CONTROLLER).set_initialization(plan::v1::NOT_INITIALIZED);
     },
     Proof::kDoesNotHold, "controller is running, not initialised, automatic"},
    {"NotKnownToBeInitialised",
     [] { return Goal(plan::v1::CONTROLLER, plan::v1::RUNNING, kAnyType); },
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).clear_initialization(); },
     Proof::kDoesNotHold, "not initialised"},
    {"Type", [] { return Goal(plan::v1::SCHEDULER, kAnyState, plan::v1::AUTOMATIC); },
     [](Farm& /*farm*/) {}, Proof::kHolds, "scheduler is running, automatic"},
    {"AnotherType", [] { return Goal(plan::v1::SCHEDULER, kAnyState, plan::v1::DISABLED); },
     [](Farm& /*farm*/) {}, Proof::kDoesNotHold, "scheduler is running, automatic"},
    {"NoSuchService", [] { return Goal(plan::v1::CACHE, plan::v1::STOPPED, kAnyType); },
     [](Farm& /*farm*/) {}, Proof::kDoesNotHold, "the host has no cache"},
    {"SystemsWords", [] { return Goal(plan::v1::SCHEDULER, plan::v1::STOPPED, kAnyType); },
     [](Farm& farm) { farm.Service("fe1", plan::v1::SCHEDULER).set_detail("SubState=dead"); },
     Proof::kDoesNotHold, "(SubState=dead)"},
    {"Written", [] { return Rewrite(plan::v1::CONTROLLER_HOST, "10.0.0.11"); },
     [](Farm& /*farm*/) {}, Proof::kHolds, "controller.host is \"10.0.0.11\""},
    {"NotWritten", [] { return Rewrite(plan::v1::CONTROLLER_HOST, "10.0.0.12"); },
     [](Farm& /*farm*/) {}, Proof::kDoesNotHold, "controller.host is \"10.0.0.11\""},
    {"LetterCaseCounts", [] { return Settings(plan::v1::CONTROLLER_HOST, "FE1"); },
     [](Farm& farm) { farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_value("fe1"); },
     Proof::kDoesNotHold, "controller.host is \"fe1\""},
    {"KeyMissing", [] { return Settings(plan::v1::CONTROLLER_HOST, ""); },
     [](Farm& farm) {
       farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_missing(true);
       farm.Setting("fe1", plan::v1::CONTROLLER_HOST).clear_value();
     },
     Proof::kDoesNotHold, "controller.host is missing"},
    {"Encrypted", [] { return Settings(plan::v1::CONTROLLER_HOST, "10.0.0.11"); },
     [](Farm& farm) {
       farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_encrypted(true);
       farm.Setting("fe1", plan::v1::CONTROLLER_HOST).clear_value();
     },
     Proof::kDoesNotHold, "controller.host is encrypted"},
    {"NotMapped", [] { return Settings(plan::v1::CACHE_TLS, "true"); }, [](Farm& /*farm*/) {},
     Proof::kDoesNotHold, "the host's profile has no cache.tls"},
    {"Unreadable", [] { return Settings(plan::v1::CONTROLLER_HOST, "10.0.0.11"); },
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_error("line 3: no tag"); },
     Proof::kDoesNotHold, "line 3: no tag"},
    {"Restored", [] { return Restore("server.hsconf of fe1"); }, [](Farm& /*farm*/) {},
     Proof::kHolds, "configuration file, SHA-256 "},
    {"NotRestored", [] { return Restore("server.hsconf of another"); }, [](Farm& /*farm*/) {},
     Proof::kDoesNotHold, "configuration file, SHA-256 "},
    {"RestoredAndUnreadable", [] { return Restore("server.hsconf of fe1"); },
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_error("line 3: no tag"); },
     Proof::kDoesNotHold, "line 3: no tag"},
    {"Assigned", [] { return Assign(plan::v1::MOVING); },
     [](Farm& farm) { Keep(farm, "fe2", 5, "run-1", plan::v1::MOVING); }, Proof::kHolds,
     "the agent keeps fe2 at epoch 5, moving"},
    {"AssignedBeforeATakeover", [] { return Assign(plan::v1::MOVING); },
     [](Farm& farm) { Keep(farm, "fe2", 4, "run-1", plan::v1::MOVING); }, Proof::kHolds, "epoch 4"},
    {"AssignedByAnotherRun", [] { return Assign(plan::v1::MOVING); },
     [](Farm& farm) { Keep(farm, "fe2", 4, "run-0", plan::v1::MOVING); }, Proof::kDoesNotHold,
     "epoch 4"},
    {"AssignedLater", [] { return Assign(plan::v1::MOVING); },
     [](Farm& farm) { Keep(farm, "fe2", 6, "run-1", plan::v1::MOVING); }, Proof::kDoesNotHold,
     "epoch 6"},
    {"AssignedElsewhere", [] { return Assign(plan::v1::MOVING); },
     [](Farm& farm) { Keep(farm, "fe3", 5, "run-1", plan::v1::MOVING); }, Proof::kDoesNotHold,
     "keeps fe3"},
    {"StillMoving", [] { return Assign(plan::v1::HELD); },
     [](Farm& farm) { Keep(farm, "fe2", 5, "run-1", plan::v1::MOVING); }, Proof::kDoesNotHold,
     "moving"},
    {"ToolsCannotBeRead",
     [] {
       Action action;
       action.set_run_tool(plan::v1::APPLY_CONFIGURATION);
       return action;
     },
     [](Farm& /*farm*/) {}, Proof::kCannotTell, ""},
};

class Postconditions : public testing::TestWithParam<Row> {};

TEST_P(Postconditions, AreReadBack) {
  const Row& row = GetParam();
  Farm farm = MakeFarm();
  row.change(farm);
  plan::v1::Assignment assignment;
  assignment.set_controller("fe2");
  assignment.set_epoch(5);
  assignment.set_run("run-1");
  plan::v1::Step step;
  *step.mutable_action() = row.action();
  const plan::v1::Host read = AsAsked(farm.Observed("fe1").state(), ReadFor(step));
  const Check check = CheckHost(step, assignment, read);
  EXPECT_EQ(check.proof, row.proof) << check.detail;
  EXPECT_THAT(check.detail, HasSubstr(row.detail));
}

INSTANTIATE_TEST_SUITE_P(, Postconditions, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CheckHost, SeveralServicesAreAllLookedAt) {
  Farm farm = MakeFarm();
  plan::v1::Step step;
  for (const plan::v1::Service service : {plan::v1::CONTROLLER, plan::v1::SCHEDULER}) {
    plan::v1::ServiceGoal* goal = step.mutable_action()->mutable_expect_services()->add_services();
    goal->set_service(service);
    goal->set_startup_type(plan::v1::AUTOMATIC);
  }
  Check check = CheckHost(step, {}, farm.Observed("fe1").state());
  EXPECT_EQ(check.proof, Proof::kHolds);
  EXPECT_EQ(check.evidence.services_size(), 2);
  farm.Service("fe1", plan::v1::SCHEDULER).set_startup_type(plan::v1::DISABLED);
  check = CheckHost(step, {}, farm.Observed("fe1").state());
  EXPECT_EQ(check.proof, Proof::kDoesNotHold);
  EXPECT_EQ(check.detail, "controller is running, automatic; scheduler is running, disabled");
}

TEST(CheckHost, TakesAWrittenPasswordForWrittenAndReadsItNever) {
  Farm farm = MakeFarm({2, false, "fe1"});
  plan::v1::Step step;
  plan::v1::SettingChange* change = step.mutable_action()->mutable_rewrite()->add_changes();
  change->set_setting(plan::v1::CACHE_PASSWORD);
  change->set_secret("cache_password");
  plan::v1::SettingValue& value = farm.Setting("fe1", plan::v1::CACHE_PASSWORD);
  value.set_encrypted(false);
  EXPECT_EQ(CheckHost(step, {}, farm.Observed("fe1").state()).proof, Proof::kHolds);
  EXPECT_EQ(CheckHost(step, {}, farm.Observed("fe1").state()).detail,
            "cache.password is there, and never read");
  value.set_encrypted(true);
  EXPECT_EQ(CheckHost(step, {}, farm.Observed("fe1").state()).proof, Proof::kHolds);
  value.set_missing(true);
  EXPECT_EQ(CheckHost(step, {}, farm.Observed("fe1").state()).proof, Proof::kDoesNotHold);
}

TEST(CheckHost, UnchangedComparesTheWholeHost) {
  Farm farm = MakeFarm();
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  const plan::v1::Step& step = plan.stages(0).steps(0);
  ASSERT_EQ(step.name(), "preflight/fe2/unchanged");
  EXPECT_EQ(CheckHost(step, {}, farm.Observed("fe2").state()).proof, Proof::kHolds);
  farm.Host("fe2").set_agent_version("0.2.0");
  const Check check = CheckHost(step, {}, farm.Observed("fe2").state());
  EXPECT_EQ(check.proof, Proof::kDoesNotHold);
  EXPECT_EQ(check.detail, "fe2: was `agent 0.1.0`, is `agent 0.2.0`");
}

TEST(Probes, AreThoseOfTheStep) {
  plan::v1::Step ports;
  ports.mutable_action()->mutable_expect_ports()->set_address("10.0.0.12");
  ports.mutable_action()->mutable_expect_ports()->add_ports(12000);
  ports.mutable_action()->mutable_expect_ports()->add_ports(12001);
  EXPECT_TRUE(ProvedByProbe(ports));
  const agent::v1::ProbeRequest request = ProbesFor(ports);
  ASSERT_EQ(request.targets_size(), 2);
  EXPECT_EQ(request.targets(1).tcp().address(), "10.0.0.12");
  EXPECT_EQ(request.targets(1).tcp().port(), 12001U);
  EXPECT_GT(request.timeout().seconds(), 0);

  plan::v1::Step ping;
  ping.mutable_action()->mutable_expect_ping();
  EXPECT_TRUE(ProvedByProbe(ping));
  ASSERT_EQ(ProbesFor(ping).targets_size(), 1);
  EXPECT_TRUE(ProbesFor(ping).targets(0).has_ping());

  plan::v1::Step services;
  services.mutable_action()->mutable_expect_services();
  EXPECT_FALSE(ProvedByProbe(services));
}

TEST(Probes, LogInToTheCacheWhereAPasswordIsNamed) {
  plan::v1::Step step;
  plan::v1::CacheExpectation& cache = *step.mutable_action()->mutable_expect_cache();
  cache.set_address("10.0.0.12");
  cache.set_port(5671);
  cache.set_virtual_host("/outsystems");
  cache.set_username("admin");
  cache.set_tls(true);
  cache.set_tls_name("cache.corp.example");
  cache.set_secret("cache_password");
  EXPECT_TRUE(ProvedByProbe(step));
  EXPECT_EQ(ProbesFor(step).targets(0).ShortDebugString(),
            "amqp { address: \"10.0.0.12\" port: 5671 virtual_host: \"/outsystems\" username: "
            "\"admin\" tls: true tls_name: \"cache.corp.example\" secret: \"cache_password\" }");
  agent::v1::ProbeReport report;
  report.add_results()->set_verdict(plan::v1::ACCEPTS);
  report.mutable_results(0)->set_detail("opened");
  EXPECT_EQ(CheckProbes(step, report).detail, "opened");

  cache.clear_secret();
  EXPECT_EQ(ProbesFor(step).targets(0).ShortDebugString(),
            "tcp { address: \"10.0.0.12\" port: 5671 }");
  EXPECT_EQ(CheckProbes(step, report).proof, Proof::kHolds);
  EXPECT_THAT(CheckProbes(step, report).detail,
              HasSubstr("opened; user, password and virtual host are unknown"));
}

TEST(Probes, OfPortsThatMustBeClosedHoldWhenNoneAccepts) {
  plan::v1::Step step;
  step.mutable_action()->mutable_expect_ports()->set_closed(true);
  agent::v1::ProbeReport report;
  EXPECT_EQ(CheckProbes(step, report).proof, Proof::kDoesNotHold) << "no answer proves nothing";
  report.add_results()->set_verdict(plan::v1::REFUSES);
  report.add_results()->set_verdict(plan::v1::SILENT);
  EXPECT_EQ(CheckProbes(step, report).proof, Proof::kHolds);
  for (const plan::v1::ProbeVerdict verdict :
       {plan::v1::ACCEPTS, plan::v1::PROBE_VERDICT_UNSPECIFIED}) {
    report.mutable_results(1)->set_verdict(verdict);
    EXPECT_EQ(CheckProbes(step, report).proof, Proof::kDoesNotHold);
  }
}

TEST(Probes, HoldOnlyWhenEveryTargetAccepts) {
  const plan::v1::Step step;
  agent::v1::ProbeReport report;
  EXPECT_EQ(CheckProbes(step, report).proof, Proof::kDoesNotHold) << "no answer proves nothing";
  report.add_results()->set_verdict(plan::v1::ACCEPTS);
  report.mutable_results(0)->set_detail("10.0.0.12:12000 accepts");
  EXPECT_EQ(CheckProbes(step, report).proof, Proof::kHolds);
  for (const plan::v1::ProbeVerdict verdict :
       {plan::v1::REFUSES, plan::v1::SILENT, plan::v1::PROBE_VERDICT_UNSPECIFIED}) {
    agent::v1::ProbeReport worse = report;
    worse.add_results()->set_verdict(verdict);
    worse.mutable_results(1)->set_detail("10.0.0.12:12001 does not");
    EXPECT_EQ(CheckProbes(step, worse).proof, Proof::kDoesNotHold);
    EXPECT_EQ(CheckProbes(step, worse).detail, "10.0.0.12:12000 accepts; 10.0.0.12:12001 does not");
  }
}

}  // namespace
}  // namespace baton
