#include "coordinator/procedure/findings.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/hash/sha256.h"
#include "coordinator/procedure/activation.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Finding;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Finding> FindIn(const Farm& farm, absl::string_view to = "fe2",
                            plan::v1::Procedure procedure = plan::v1::MOVE_CONTROLLER) {
  return FindEverything(ObservedFarm(farm.file, farm.observation), to, procedure);
}

std::string NamesOf(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, finding.name(), " on ", finding.host(), ": ", finding.reason(), "\n");
  }
  return text;
}

// What is wrong in a farm, and what must be found then.
struct Row {
  const char* test;
  const char* finding;
  const char* host;
  void (*spoil)(Farm& farm);
  const char* reason;
};

void Assign(Farm& farm, const char* host, const char* controller, uint64_t epoch) {
  plan::v1::Assignment& assignment = *farm.Host(host).mutable_assignment();
  assignment.set_controller(controller);
  assignment.set_epoch(epoch);
  assignment.set_state(plan::v1::HELD);
}

const Row kRows[] = {
    {"Unreachable", "agent-unreachable", "fe1", [](Farm& farm) { farm.Silence("fe1"); },
     "no answer within 2s"},
    {"NotObserved", "agent-unreachable", "fe3",
     [](Farm& farm) { farm.observation.mutable_hosts()->RemoveLast(); }, "not observed"},
    {"Maintenance", "maintenance", "fe3",
     [](Farm& farm) {
       farm.Entry("fe3").maintenance = Maintenance{absl::UnixEpoch(), "ana", "disk is replaced"};
     },
     "in maintenance: disk is replaced (ana)"},
    {"TwoControllers", "two-controllers", "",
     [](Farm& farm) { farm.Service("fe3", plan::v1::CONTROLLER).set_run_state(plan::v1::RUNNING); },
     "a Deployment Controller runs on fe1 and fe3"},
    {"ASecondOneStarts", "two-controllers", "",
     [](Farm& farm) {
       farm.Service("fe3", plan::v1::CONTROLLER).set_run_state(plan::v1::STARTING);
     },
     "fe1 and fe3"},
    {"ASecondOneIsNotDownYet", "two-controllers", "",
     [](Farm& farm) {
       farm.Service("fe3", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPING);
     },
     "fe1 and fe3"},
    {"Ambiguous", "controller-ambiguous", "",
     [](Farm& farm) {
       farm.Service("fe3", plan::v1::CONTROLLER).set_startup_type(plan::v1::MANUAL);
     },
     "not disabled on fe1 and fe3"},
    {"MoveNotFinished", "controller-ambiguous", "",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe3", 4);
       farm.Host("fe1").mutable_assignment()->set_state(plan::v1::MOVING);
     },
     "began to move the Deployment Controller to fe3 and did not finish"},
    {"Drift", "controller-drift", "fe1", [](Farm& farm) { Assign(farm, "fe3", "fe3", 4); },
     "a Deployment Controller runs on fe1, but fe3 has the role"},
    {"AlreadyThere", "already-controller", "fe2", [](Farm& farm) { Assign(farm, "fe3", "fe2", 4); },
     "fe2 already has the Deployment Controller: the assignment of epoch 4 says so"},
    {"NoService", "service-missing", "fe2",
     [](Farm& farm) { farm.Service("fe2", plan::v1::CONTROLLER).set_run_state(plan::v1::ABSENT); },
     "no Deployment Controller service installed"},
    {"NoInstaller", "tool-missing", "fe2",
     [](Farm& farm) { farm.Host("fe2").mutable_profile()->mutable_tools()->RemoveLast(); },
     "has no install-service-center"},
    {"NoApply", "tool-missing", "fe3",
     [](Farm& farm) { farm.Host("fe3").mutable_profile()->clear_tools(); },
     "has no apply-configuration"},
    {"NotMaskable", "unit-not-maskable", "fe1",
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_can_disable(false); },
     "cannot be disabled"},
    {"NotPrivileged", "not-privileged", "fe1",
     [](Farm& farm) { farm.Host("fe1").mutable_facts()->set_privileged(false); },
     "may not change services"},
    {"Unreadable", "configuration-unreadable", "fe3",
     [](Farm& farm) {
       farm.Host("fe3").mutable_configuration()->Clear();
       farm.Host("fe3").mutable_configuration()->set_error("line 3: no closing tag");
     },
     "line 3: no closing tag"},
    {"NoSetting", "setting-missing", "fe3",
     [](Farm& farm) { farm.Setting("fe3", plan::v1::CONTROLLER_HOST).set_missing(true); },
     "no controller.host"},
    {"Busy", "operation-running", "fe1",
     [](Farm& farm) { farm.Host("fe1").mutable_operation()->set_operation_id("run-0/x/1"); },
     "works on run-0/x/1"},
    {"Versions", "platform-versions-differ", "",
     [](Farm& farm) { farm.Host("fe3").mutable_configuration()->set_platform_version("11.20.0"); },
     "11.20.0 on fe3; 11.23.1 on fe1, fe2"},
    {"PrivateKeys", "private-key-differs", "",
     [](Farm& farm) {
       farm.Host("fe3").mutable_configuration()->set_private_key_digest(Sha256("another"));
     },
     "fe3"},
    {"Databases", "database-sections-differ", "",
     [](Farm& farm) {
       farm.Host("fe3").mutable_configuration()->mutable_sections(0)->set_digest(Sha256("other"));
     },
     "section PlatformDatabaseConfiguration differs"},
    {"Localhost", "platform-address", "fe3",
     [](Farm& farm) { farm.Entry("fe3").platform_address = "localhost"; },
     "means another machine on every other host"},
    {"ForeignAddress", "platform-address", "fe3",
     [](Farm& farm) { farm.Entry("fe3").platform_address = "10.0.0.99"; },
     "on none of the host's interfaces (127.0.0.1, 10.0.0.13)"},
    {"NameOfAnother", "address-spelling", "fe3",
     [](Farm& farm) {
       farm.Host("fe3").mutable_facts()->set_hostname("WEB3.corp.example");
       farm.Entry("fe3").platform_address = "fe3.corp.example";
     },
     "platform_address fe3.corp.example is not the host's own name, WEB3.corp.example"},
    {"NamedOtherwise", "address-spelling", "fe1",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe1", 3);
       farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_value("web1");
     },
     "names the Deployment Controller by web1, and its platform_address is 10.0.0.11"},
    {"Settings", "settings-differ", "",
     [](Farm& farm) { farm.Setting("fe3", plan::v1::CONTROLLER_HOST).set_value("fe1"); },
     "controller.host differs: 10.0.0.11 on fe1, fe2; fe1 on fe3"},
    {"ClockAhead", "clock-skew", "fe3",
     [](Farm& farm) { farm.Observed("fe3").mutable_clock_offset()->set_seconds(5); },
     "5 s ahead of"},
    {"ClockBehind", "clock-skew", "fe3",
     [](Farm& farm) { farm.Observed("fe3").mutable_clock_offset()->set_seconds(-7); },
     "7 s behind"},
    {"Zones", "time-zone", "",
     [](Farm& farm) { farm.Host("fe3").mutable_facts()->set_utc_offset_seconds(3600); },
     "UTC+0 min on fe1, fe2; UTC+60 min on fe3"},
    {"NoSpaceForState", "disk-space", "fe3",
     [](Farm& farm) { farm.Host("fe3").mutable_facts()->set_state_free_bytes(5 << 20); },
     "5 MiB are free, 64 MiB are needed"},
    {"NoSpaceForConfiguration", "disk-space", "fe3",
     [](Farm& farm) { farm.Host("fe3").mutable_facts()->set_configuration_free_bytes(0); },
     "0 MiB are free"},
    {"Certificate", "certificate-expiry", "fe3",
     [](Farm& farm) {
       const int64_t now = farm.observation.time().seconds();
       farm.Host("fe3").mutable_facts()->mutable_certificate_expire_time()->set_seconds(
           now + 29 * 24 * 3600);
     },
     "ends in 29 days"},
    {"CoordinatorByAddress", "coordinator-on-farm-host", "fe3",
     [](Farm& farm) { farm.observation.add_coordinator_addresses("10.0.0.13"); }, "runs on fe3"},
    {"CoordinatorByName", "coordinator-on-farm-host", "fe3",
     [](Farm& farm) { farm.file.coordinator_host = "fe3"; }, "runs on fe3"},
    {"Profiles", "profiles-differ", "",
     [](Farm& farm) { farm.Host("fe3").mutable_profile()->set_name("standin"); },
     "outsystems11-dotnet on fe1, fe2; standin on fe3"},
    {"GroupOfTheFarmFile", "group-differs", "",
     [](Farm& farm) {
       farm.Entry("fe1").group = plan::v1::GROUP_ACTIVE;
       farm.Entry("fe3").group = plan::v1::GROUP_PASSIVE;
     },
     "fe3 is active, and passive in farm.yaml"},
    {"GroupOfNeither", "group-differs", "",
     [](Farm& farm) {
       farm.Entry("fe3").group = plan::v1::GROUP_PASSIVE;
       farm.Service("fe3", plan::v1::SCHEDULER).set_run_state(plan::v1::STOPPED);
     },
     "fe3 is neither active nor passive (its Scheduler is stopped, automatic), and passive in"},
    {"DisabledButRunning", "group-unclear", "fe3",
     [](Farm& farm) {
       farm.Service("fe3", plan::v1::SCHEDULER).set_startup_type(plan::v1::DISABLED);
     },
     "its Scheduler is running, disabled"},
    {"ControllerStopped", "controller-down", "fe1",
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPED); },
     "does not answer (stopped, automatic)"},
    {"ControllerNotInitialised", "controller-down", "fe1",
     [](Farm& farm) {
       farm.Service("fe1", plan::v1::CONTROLLER).set_initialization(plan::v1::NOT_INITIALIZED);
     },
     "does not answer (running (not initialised), automatic)"},
    {"SchedulerNotMaskable", "unit-not-maskable", "fe1",
     [](Farm& farm) {
       farm.StandBy("fe3");
       farm.Service("fe1", plan::v1::SCHEDULER).set_can_disable(false);
     },
     "the Scheduler cannot be disabled"},
    {"NoDeploymentService", "service-missing", "fe3",
     [](Farm& farm) { farm.Service("fe3", plan::v1::DEPLOYMENT).set_run_state(plan::v1::ABSENT); },
     "fe3 has no Deployment Service installed"},
    {"NobodyRunsAScheduler", "no-active-scheduler", "",
     [](Farm& farm) {
       for (const char* host : {"fe1", "fe2", "fe3"}) {
         farm.Service(host, plan::v1::SCHEDULER).set_run_state(plan::v1::FAILED);
       }
     },
     "no Scheduler runs, and none would be activated"},
    {"NobodyStandsBy", "nothing-to-do", "", [](Farm& /*farm*/) {},
     "no front-end is passive, so there is nothing to swap"},
};

// All findings of a procedure. A farm that has one is also looked at for a swap of its groups.
std::vector<Finding> FindAllIn(const Farm& farm, plan::v1::Procedure procedure) {
  const ObservedFarm observed(farm.file, farm.observation);
  std::vector<Finding> findings = FindIn(farm, "fe2", procedure);
  if (procedure != plan::v1::MOVE_CONTROLLER) return findings;
  plan::v1::ProcedureRequest swap;
  swap.set_procedure(plan::v1::ACTIVATE_PASSIVE);
  AddFindings(FindActivationTrouble(observed, swap), findings);
  return findings;
}

// The same for a move of the cache, in a farm whose fe1 has it.
const Row kCacheRows[] = {
    {"NoPassword", "cache-password-unknown", "", [](Farm& farm) { farm.file.secrets.clear(); },
     "only its port is tried, the rest stays unknown"},
    {"Secret", "secret-unreadable", "",
     [](Farm& farm) { farm.observation.mutable_secrets()->rbegin()->set_error("no such file"); },
     "no such file"},
    {"Elsewhere", "cache-not-in-farm", "",
     [](Farm& farm) {
       for (const char* host : {"fe1", "fe2", "fe3"}) {
         farm.Setting(host, plan::v1::CACHE_HOST).set_value("10.0.9.1");
       }
     },
     "the hosts' cache.host is 10.0.9.1"},
    {"Disagreement", "cache-ambiguous", "",
     [](Farm& farm) { farm.Setting("fe3", plan::v1::CACHE_HOST).set_value("10.0.0.13"); },
     "the hosts' cache.host is 10.0.0.11 and 10.0.0.13"},
    {"OnTheNewHost", "cache-already-there", "fe2",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe1", 3);
       farm.Host("fe1").mutable_assignment()->set_cache("fe2");
     },
     "fe2 already has the cache: the assignment of epoch 3 says so"},
    {"CacheUnit", "unit-not-maskable", "fe1",
     [](Farm& farm) { farm.Service("fe1", plan::v1::CACHE).set_can_disable(false); },
     "the cache cannot be disabled"},
    {"NoCacheService", "service-missing", "fe2",
     [](Farm& farm) { farm.Host("fe2").mutable_services()->RemoveLast(); },
     "the profile on fe2 has no cache"},
    {"NoCacheTool", "tool-missing", "fe2",
     [](Farm& farm) { farm.Host("fe2").mutable_profile()->mutable_tools()->RemoveLast(); },
     "no create-cache-service"},
    {"NoCacheHost", "setting-missing", "fe3",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe1", 3);
       farm.Host("fe1").mutable_assignment()->set_cache("fe1");
       farm.Setting("fe3", plan::v1::CACHE_HOST).set_missing(true);
     },
     "the configuration file has no cache.host"},
    {"NoPasswordKey", "setting-missing", "fe3",
     [](Farm& farm) { farm.Setting("fe3", plan::v1::CACHE_PASSWORD).set_missing(true); },
     "no cache.password"},
    {"NobodyLogsIn", "setting-missing", "",
     [](Farm& farm) { farm.Setting("fe1", plan::v1::CACHE_USERNAME).set_encrypted(true); },
     "nobody says who logs in"},
};

class Findings : public testing::TestWithParam<std::pair<plan::v1::Procedure, Row>> {
 protected:
  static Farm MakeHealthyFarm(plan::v1::Procedure procedure) {
    if (procedure == plan::v1::MOVE_CONTROLLER) return MakeFarm();
    Farm farm = MakeFarm({3, false, "fe1"});
    farm.NameCachePassword();
    return farm;
  }
};

template <size_t count>
std::vector<std::pair<plan::v1::Procedure, Row>> RowsOf(plan::v1::Procedure procedure,
                                                        const Row (&rows)[count]) {
  std::vector<std::pair<plan::v1::Procedure, Row>> all;
  for (const Row& row : rows) all.emplace_back(procedure, row);
  return all;
}

TEST_P(Findings, AreFound) {
  const auto& [procedure, row] = GetParam();
  const FindingKind* kind = FindFindingKind(row.finding);
  ASSERT_NE(kind, nullptr);
  Farm farm = MakeHealthyFarm(procedure);
  ASSERT_EQ(NamesOf(FindIn(farm, "fe2", procedure)), "");
  row.spoil(farm);
  const std::vector<Finding> findings = FindAllIn(farm, procedure);
  const auto is_wanted = [&row = row](const Finding& finding) {
    return finding.name() == row.finding && finding.host() == row.host;
  };
  const auto found = std::find_if(findings.begin(), findings.end(), is_wanted);
  ASSERT_NE(found, findings.end()) << NamesOf(findings);
  EXPECT_THAT(found->reason(), HasSubstr(row.reason));
  EXPECT_EQ(found->level(), kind->planned);
  EXPECT_EQ(found->acceptable(), kind->acceptable);
  EXPECT_EQ(found->hint(), kind->hint);
  EXPECT_FALSE(found->accepted());
}

INSTANTIATE_TEST_SUITE_P(OfTheController, Findings,
                         testing::ValuesIn(RowsOf(plan::v1::MOVE_CONTROLLER, kRows)),
                         [](const auto& test) { return std::string(test.param.second.test); });
INSTANTIATE_TEST_SUITE_P(OfTheCache, Findings,
                         testing::ValuesIn(RowsOf(plan::v1::MOVE_CONTROLLER_AND_CACHE, kCacheRows)),
                         [](const auto& test) { return std::string(test.param.second.test); });

TEST(FindEverything, AsksForTheCacheOnlyWhereItMoves) {
  Farm farm = MakeFarm({3, false, "fe1"});
  farm.NameCachePassword("no such file");
  EXPECT_EQ(NamesOf(FindIn(farm)), "");
}

TEST(FindingCatalog, IsCoveredByTheRowsAbove) {
  // Others are in the tests of acceptance, hook_steps, journal_check, license_findings,
  // move_findings, reach_findings and undo, and in the transcripts of plans for lost hosts and
  // of pays.
  std::set<std::string> covered = absl::StrSplit(
      "journal-damaged journal-behind port-not-reachable database-unreachable "
      "publication-unknown cache-stays service-account-differs acceptance-unused "
      "license-invalid-after-move staged-license-unreadable "
      "service-center-credentials-missing tool-parameter-unfilled hook-not-runnable "
      "old-value-encrypted lost-host-blocks lost-host-answers named-lost "
      "witness-sees-controller no-witness no-majority fence-missing fence-not-usable "
      "cache-on-lost-host debts-open role-in-maintenance no-debt",
      ' ');
  for (const Row& row : kRows) covered.insert(row.finding);
  for (const Row& row : kCacheRows) covered.insert(row.finding);
  for (const FindingKind& kind : FindingCatalog()) {
    EXPECT_EQ(covered.count(std::string(kind.name)), 1U) << kind.name;
  }
}

TEST(FindEverything, FindsNothingInAHealthyFarm) {
  for (const bool standalone : {false, true}) {
    for (const int hosts : {2, 3, 8}) {
      const Farm farm = MakeFarm({hosts, standalone});
      EXPECT_EQ(NamesOf(FindIn(farm)), "") << hosts << (standalone ? " and dc1" : "");
    }
  }
}

TEST(FindEverything, AsksNothingOfACandidateThatIsNotNamed) {
  Farm farm = MakeFarm();
  farm.Service("fe2", plan::v1::CONTROLLER).set_run_state(plan::v1::ABSENT);
  EXPECT_THAT(FindIn(farm, ""), IsEmpty());
}

TEST(FindEverything, PutsTheHeaviestFirst) {
  Farm farm = MakeFarm();
  farm.Host("fe3").mutable_profile()->set_name("standin");
  farm.Host("fe1").mutable_facts()->set_privileged(false);
  const std::vector<Finding> findings = FindIn(farm);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].name(), "not-privileged");
  EXPECT_EQ(findings[1].name(), "profiles-differ");
}

TEST(Forbidding, IsEveryErrorThatWasNotAccepted) {
  Farm farm = MakeFarm();
  farm.Host("fe3").mutable_configuration()->set_platform_version("11.20.0");
  farm.Host("fe3").mutable_facts()->set_utc_offset_seconds(3600);
  std::vector<Finding> findings = FindIn(farm);
  EXPECT_EQ(NamesOf(Forbidding(findings)),
            "platform-versions-differ on : platform versions differ: 11.20.0 on fe3; 11.23.1 on "
            "fe1, fe2\n");
  for (Finding& finding : findings) finding.set_accepted(true);
  EXPECT_THAT(Forbidding(findings), IsEmpty());
}

}  // namespace
}  // namespace baton
