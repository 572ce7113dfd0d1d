#include "tests/coordinator/ctl/farm_fixture.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/planner.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

using google::protobuf::util::TimeUtil;
using plan::v1::Host;
using plan::v1::Run;

constexpr char kFarmFile[] = R"(farm_id: prod
hosts:
  - {name: fe1, front_end: true, agent_address: "10.0.0.11:7601", platform_address: 10.0.0.11}
  - {name: fe2, front_end: true, agent_address: "10.0.0.12:7601", platform_address: 10.0.0.12}
  - {name: fe3, front_end: true, agent_address: "10.0.0.13:7601", platform_address: 10.0.0.13}
  - {name: fe4, front_end: true, agent_address: "10.0.0.14:7601", platform_address: 10.0.0.14}
)";

constexpr char kHooks[] = R"(hooks:
  - {name: leave-pool, at: "before-host:repoint", command: [/etc/baton/hooks/pool, leave]}
  - {name: tell, at: "before:stand-down", command: [/usr/bin/logger, Baton begins], on_failure: warn}
  - {name: dns, at: "after:service-center", command: [/etc/baton/hooks/dns], timeout: 2m}
)";

google::protobuf::Timestamp ToProto(absl::Time time) {
  return TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

FarmFile Farm() {
  absl::StatusOr<FarmFile> file = ParseFarmFile("farm.yaml", kFarmFile);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

void AddService(Host& host, plan::v1::Service service, bool runs, uint32_t port) {
  plan::v1::ServiceProfile& profile = *host.mutable_profile()->add_services();
  profile.set_service(service);
  profile.add_ports(port);
  profile.mutable_start_timeout()->set_seconds(120);
  profile.mutable_stop_timeout()->set_seconds(60);
  profile.set_restarts_with_platform(true);
  plan::v1::ServiceState& state = *host.add_services();
  state.set_service(service);
  state.set_run_state(runs ? plan::v1::RUNNING : plan::v1::STOPPED);
  state.set_startup_type(runs ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
  if (runs) state.set_initialization(plan::v1::INITIALIZED);
  state.set_can_disable(true);
}

void AddTool(Host& host, plan::v1::Tool tool, int minutes) {
  plan::v1::ToolProfile& profile = *host.mutable_profile()->add_tools();
  profile.set_tool(tool);
  profile.mutable_timeout()->set_seconds(60 * minutes);
  profile.mutable_expected_duration()->set_seconds(12 * minutes);
}

Host MakeHost(const FarmHost& file, bool controller) {
  Host host;
  host.set_name(file.name);
  host.set_farm_id("prod");
  host.set_agent_version("0.1.0");
  host.mutable_profile()->set_name("outsystems11-dotnet");
  host.mutable_profile()->set_has_ping(true);
  host.mutable_profile()->set_proven("lab");
  AddService(host, plan::v1::CONTROLLER, controller, 12000);
  AddService(host, plan::v1::DEPLOYMENT, true, 12001);
  AddService(host, plan::v1::SCHEDULER, true, 12002);
  AddTool(host, plan::v1::APPLY_CONFIGURATION, 15);
  AddTool(host, plan::v1::INSTALL_SERVICE_CENTER, 45);
  host.mutable_facts()->add_addresses(file.platform_address);
  host.mutable_facts()->set_state_free_bytes(uint64_t{40} << 30);
  host.mutable_facts()->set_configuration_free_bytes(uint64_t{40} << 30);
  host.mutable_facts()->set_privileged(true);
  *host.mutable_facts()->mutable_certificate_expire_time() =
      ToProto(FixtureNow() + absl::Hours(24 * 200));
  plan::v1::SettingValue& setting = *host.mutable_configuration()->add_settings();
  setting.set_setting(plan::v1::CONTROLLER_HOST);
  setting.set_value("10.0.0.11");
  host.mutable_configuration()->set_digest(std::string(32, 'c'));
  host.mutable_configuration()->set_platform_version("11.28.1");
  host.mutable_assignment()->set_controller("fe1");
  host.mutable_assignment()->set_epoch(7);
  host.mutable_assignment()->set_state(plan::v1::HELD);
  return host;
}

void AddWordsByHand(plan::v1::Profile& profile) {
  const char* names[] = {"Controller Service", "Deployment Service", "Scheduler Service"};
  for (int i = 0; i < 3; ++i) profile.mutable_services(i)->set_display_name(names[i]);
  profile.mutable_services_by_hand()->set_start("Services: right-click $service, Start");
  profile.mutable_services_by_hand()->set_stop("Services: right-click $service, Stop");
  profile.mutable_services_by_hand()->set_startup_type(
      "Services: right-click $service, Properties, Startup type: $type");
  plan::v1::SettingProfile& setting = *profile.add_settings();
  setting.set_setting(plan::v1::CONTROLLER_HOST);
  setting.set_by_hand("Configuration Tool, tab Controller, Deployment Controller Server");
  profile.mutable_tools(0)->add_by_hand("Configuration Tool: Apply and Exit");
  profile.mutable_tools(0)->add_by_hand("Accept the restart of all OutSystems services");
}

plan::v1::Observation MakeObservation(bool drift) {
  plan::v1::Observation observation;
  *observation.mutable_time() = ToProto(FixtureNow());
  observation.add_coordinator_addresses("10.0.0.5");
  for (const FarmHost& file : Farm().hosts) {
    plan::v1::HostObservation& host = *observation.add_hosts();
    host.set_host(file.name);
    if (drift && file.name == "fe4") {
      host.set_error("connect to 10.0.0.14:7601: Connection timed out (ETIMEDOUT)");
      continue;
    }
    const bool controller = file.name == "fe1" || (drift && file.name == "fe3");
    *host.mutable_state() = MakeHost(file, controller);
  }
  return observation;
}

// fe3 and fe4 stand by.
plan::v1::Observation MakeGroupedObservation() {
  plan::v1::Observation observation = MakeObservation(false);
  for (plan::v1::HostObservation& host : *observation.mutable_hosts()) {
    if (host.host() != "fe3" && host.host() != "fe4") continue;
    plan::v1::ServiceState& scheduler = *host.mutable_state()->mutable_services(2);
    scheduler.set_run_state(plan::v1::STOPPED);
    scheduler.set_startup_type(plan::v1::DISABLED);
    scheduler.clear_initialization();
  }
  return observation;
}

plan::v1::Plan FinishPlan(absl::StatusOr<plan::v1::Plan> plan) {
  EXPECT_TRUE(plan.ok()) << plan.status();
  plan->set_plan_id("p-17");
  plan->set_actor("operator:alice");
  *plan->mutable_create_time() = ToProto(FixtureNow() - absl::Minutes(5));
  plan->set_digest(std::string(32, '\x5a'));  // of the fixture, not of the planner's choice
  return *std::move(plan);
}

// A run of the plan that started 4 min before now and whose steps up to `step` succeeded.
Run RunOf(plan::v1::Plan plan, const std::string& step) {
  Run run;
  run.set_run("r-1");
  *run.mutable_plan() = std::move(plan);
  run.set_phase(plan::v1::RUN_RUNNING);
  run.set_epoch(8);
  run.set_actor("operator:alice");
  run.set_sequence(100);
  *run.mutable_start_time() = ToProto(FixtureNow() - absl::Minutes(4));
  bool reached = false;
  for (const plan::v1::Stage& stage : run.plan().stages()) {
    for (const plan::v1::Step& planned : stage.steps()) {
      plan::v1::StepStatus& status = *run.add_steps();
      status.set_step(planned.name());
      status.set_state(reached ? plan::v1::PENDING : plan::v1::SUCCEEDED);
      if (reached) continue;
      status.set_attempt(1);
      *status.mutable_start_time() = ToProto(FixtureNow() - absl::Minutes(3));
      *status.mutable_end_time() = ToProto(FixtureNow() - absl::Minutes(3) + absl::Seconds(2));
      run.set_changed(true);
      reached = planned.name() == step;
    }
  }
  return run;
}

}  // namespace

absl::Time FixtureNow() {
  return absl::FromCivil(absl::CivilSecond(2026, 1, 2, 10, 5, 0), absl::UTCTimeZone());
}

coordinator::v1::Farm MakeFarm(bool drift) {
  coordinator::v1::Farm farm;
  farm.set_farm_id("prod");
  *farm.mutable_observation() = MakeObservation(drift);
  *farm.mutable_assignment() = farm.observation().hosts(0).state().assignment();
  farm.set_epoch(7);
  for (const FarmHost& file : Farm().hosts) {
    coordinator::v1::FarmHost& host = *farm.add_hosts();
    host.set_name(file.name);
    host.set_front_end(file.front_end);
    host.set_platform_address(file.platform_address);
  }
  if (drift) *farm.mutable_findings() = MakePlanFixture(true).findings();
  return farm;
}

plan::v1::Plan MakePlanFixture(bool forbidden) {
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  return FinishPlan(MakePlan(Farm(), MakeObservation(forbidden), request));
}

coordinator::v1::Farm MakeGroupedFarm(bool silent) {
  coordinator::v1::Farm farm = MakeFarm(false);
  *farm.mutable_observation() = MakeGroupedObservation();
  const plan::v1::Group seen[] = {plan::v1::GROUP_ACTIVE, plan::v1::GROUP_ACTIVE,
                                  plan::v1::GROUP_PASSIVE, plan::v1::GROUP_PASSIVE};
  for (int i = 0; i < farm.hosts_size(); ++i) {
    farm.mutable_hosts(i)->set_group(seen[i]);
    farm.mutable_hosts(i)->set_configured_group(i % 2 == 0 ? plan::v1::GROUP_ACTIVE
                                                           : plan::v1::GROUP_PASSIVE);
  }
  if (!silent) return farm;
  farm.mutable_hosts(0)->clear_group();
  farm.mutable_observation()->mutable_hosts(0)->clear_state();
  farm.mutable_observation()->mutable_hosts(0)->set_error("connection refused");
  return farm;
}

plan::v1::Plan MakeSwapPlan() {
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
  return FinishPlan(MakePlan(Farm(), MakeGroupedObservation(), request));
}

plan::v1::Plan MakeHookedPlan() {
  absl::StatusOr<FarmFile> file = ParseFarmFile("farm.yaml", absl::StrCat(kFarmFile, kHooks));
  EXPECT_TRUE(file.ok()) << file.status();
  plan::v1::Observation observation = MakeObservation(false);
  for (plan::v1::HostObservation& host : *observation.mutable_hosts()) {
    AddWordsByHand(*host.mutable_state()->mutable_profile());
  }
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  return FinishPlan(MakePlan(*file, observation, request));
}

plan::v1::Plan MakeShortPlan() {
  plan::v1::Plan plan = MakePlanFixture(false);
  google::protobuf::RepeatedPtrField<plan::v1::Stage> stages;
  stages.Swap(plan.mutable_stages());
  for (const plan::v1::Stage& stage : stages) {
    plan::v1::Stage& kept = *plan.add_stages();
    kept.set_name(stage.name());
    for (const plan::v1::Step& step : stage.steps()) {
      const bool wanted = stage.name() == "stand-down" || stage.name() == "service-center" ||
                          (stage.name() == "repoint" && step.host() == "fe3");
      if (wanted) *kept.add_steps() = step;
    }
  }
  return plan;
}

Run MakeRunAtHook(const std::string& step) {
  Run run = RunOf(MakeHookedPlan(), step);
  run.set_phase(plan::v1::RUN_PAUSED);
  run.set_pause_reason(plan::v1::STEP_DID_NOT_SUCCEED);
  run.set_detail(absl::StrCat("step ", step, " failed: exit code 3: pool web is locked"));
  for (plan::v1::StepStatus& status : *run.mutable_steps()) {
    if (status.step() == "before-stand-down/@coordinator/tell") {
      status.set_state(plan::v1::SKIPPED);
      status.set_detail("failed, and only warns: exit code 1: no such socket");
    }
    if (status.step() != step) continue;
    status.set_state(plan::v1::STEP_FAILED);
    status.set_detail("exit code 3: pool web is locked");
  }
  return run;
}

plan::v1::Plan MakeLicensePlan() {
  FarmFile file = Farm();
  file.service_center = ServiceCenterLogin{"admin"};
  plan::v1::Observation observation = MakeObservation(false);
  for (plan::v1::HostObservation& observed : *observation.mutable_hosts()) {
    Host& host = *observed.mutable_state();
    host.mutable_serial()->set_value(observed.host() == "fe2" ? "BBBB-2222" : "AAAA-1111");
    AddTool(host, plan::v1::INSTALL_LICENSE, 15);
    for (const auto& [name, kind] : {std::pair("license_file", plan::v1::ToolParameter::FILE),
                                     std::pair("username", plan::v1::ToolParameter::TEXT)}) {
      plan::v1::ToolParameter& parameter =
          *host.mutable_profile()->mutable_tools()->rbegin()->add_parameters();
      parameter.set_name(name);
      parameter.set_kind(kind);
    }
    AddTool(host, plan::v1::REPUBLISH, 480);
  }
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  plan::v1::Plan plan = FinishPlan(MakePlan(file, observation, request));
  auto& stages = *plan.mutable_stages();
  stages.erase(std::remove_if(stages.begin(), stages.end(),
                              [](const plan::v1::Stage& stage) {
                                return stage.name() != "license" && stage.name() != "republish";
                              }),
               stages.end());
  return plan;
}

Run MakeLicenseRun(bool refused) {
  Run run = RunOf(MakeLicensePlan(), refused ? "license/fe2/install" : "license/fe2/provide");
  run.set_phase(refused ? plan::v1::RUN_PAUSED : plan::v1::RUN_WAITING);
  plan::v1::StepStatus& last = *run.mutable_steps(refused ? 2 : 0);
  last.set_state(refused ? plan::v1::STEP_FAILED : plan::v1::STARTED);
  if (!refused) last.clear_end_time();
  if (!refused) return run;
  run.set_pause_reason(plan::v1::STEP_DID_NOT_SUCCEED);
  last.set_detail("install-license: exit code 4: the license is for serial CCCC-3333");
  run.set_detail(absl::StrCat("step license/fe2/install failed: ", last.detail()));
  return run;
}

Run MakeRun(const std::string& step) { return RunOf(MakeShortPlan(), step); }

Run MakePausedRun(const std::string& step) {
  Run run = MakeRun(step);
  run.set_phase(plan::v1::RUN_PAUSED);
  run.set_pause_reason(plan::v1::STEP_DID_NOT_SUCCEED);
  run.set_detail(absl::StrCat("step ", step, " failed"));
  for (plan::v1::StepStatus& status : *run.mutable_steps()) {
    if (status.step() != step) continue;
    status.set_state(plan::v1::STEP_FAILED);
    status.set_attempt(2);
    status.set_detail(
        "apply-configuration: exit code 3: Cannot write C:\\a: There is not enough "
        "space on the disk.");
  }
  return run;
}

plan::v1::Plan MakeUndoPlan(const std::string& step) {
  const FormerRun former{MakePausedRun(step), {}, {}};
  plan::v1::Observation observation = MakeObservation(false);
  Host& old_host = *observation.mutable_hosts(0)->mutable_state();
  old_host.mutable_services(0)->set_run_state(plan::v1::STOPPED);
  old_host.mutable_services(0)->set_startup_type(plan::v1::DISABLED);
  old_host.mutable_services(0)->clear_initialization();
  Host& written = *observation.mutable_hosts(2)->mutable_state();
  written.mutable_configuration()->set_digest(std::string(32, 'd'));
  written.mutable_configuration()->mutable_settings(0)->set_value("10.0.0.12");
  plan::v1::ProcedureRequest request;
  request.set_undoes("r-1");
  request.set_reason("wrong host");
  return FinishPlan(MakePlan(Farm(), observation, request, &former));
}

}  // namespace baton
