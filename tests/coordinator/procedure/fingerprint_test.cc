#include "coordinator/procedure/fingerprint.h"

#include <algorithm>
#include <string>

#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A change of the farm and the one sentence that tells of it; empty where none must.
struct Row {
  const char* name;
  void (*change)(Farm& farm);
  const char* sentence;
};

const Row kRows[] = {
    {"Silence", [](Farm& farm) { farm.Silence("fe1"); }, "fe1: was `reachable yes`, is"},
    {"AgentVersion", [](Farm& farm) { farm.Host("fe1").set_agent_version("0.2.0"); },
     "fe1: was `agent 0.1.0`, is `agent 0.2.0`"},
    {"ProfileDigest",
     [](Farm& farm) { farm.Host("fe1").mutable_profile()->set_digest(Sha256("edited")); },
     "fe1: was `profile outsystems11-dotnet "},
    {"RunState",
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPED); },
     "fe1: was `service controller running automatic`, is `service controller stopped automatic`"},
    {"StartupType",
     [](Farm& farm) {
       farm.Service("fe1", plan::v1::SCHEDULER).set_startup_type(plan::v1::MANUAL);
     },
     "fe1: was `service scheduler running automatic`, is `service scheduler running manual`"},
    {"ServiceGone", [](Farm& farm) { farm.Host("fe1").mutable_services()->RemoveLast(); },
     "fe1: no longer `service scheduler running automatic`"},
    {"ServiceCome",
     [](Farm& farm) {
       *farm.Host("fe1").add_services() =
           ServiceAs(plan::v1::CACHE, plan::v1::RUNNING, plan::v1::AUTOMATIC);
     },
     "fe1: now `service cache running automatic`"},
    {"FileDigest",
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_digest(Sha256("edited")); },
     "fe1: was `configuration "},
    {"Setting",
     [](Farm& farm) { farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_value("a b\n"); },
     "fe1: was `setting controller.host 10.0.0.11`, is `setting controller.host a b\\n`"},
    {"SettingMissing",
     [](Farm& farm) { farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_missing(true); },
     "is `setting controller.host (missing)`"},
    {"SettingEncrypted",
     [](Farm& farm) { farm.Setting("fe1", plan::v1::CONTROLLER_HOST).set_encrypted(true); },
     "is `setting controller.host (encrypted)`"},
    {"Section",
     [](Farm& farm) {
       farm.Host("fe1").mutable_configuration()->mutable_sections(0)->set_digest(Sha256("x"));
     },
     "fe1: was `section PlatformDatabaseConfiguration "},
    {"PlatformVersion",
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_platform_version("12"); },
     "fe1: was `platform-version 11.23.1`, is `platform-version 12`"},
    {"PrivateKey",
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_private_key_digest("x"); },
     "fe1: was `private-key "},
    {"Unreadable",
     [](Farm& farm) { farm.Host("fe1").mutable_configuration()->set_error("line 3: no tag"); },
     "fe1: now `unreadable line 3: no tag`"},
    {"Serial", [](Farm& farm) { farm.GiveSerial("fe1", "BBBB-2222"); },
     "fe1: was `serial AAAA-1111`, is `serial BBBB-2222`"},
    {"AStagedLicense", [](Farm& farm) { farm.StageLicense("BBBB-2222"); },
     "Baton coordinator: now `license BBBB-2222 "},
    {"AStagedLicenseThatCannotBeRead",
     [](Farm& farm) { farm.StageLicense("BBBB-2222", "no such file"); },
     "Baton coordinator: now `license BBBB-2222 (unreadable)`"},
    {"Assignment",
     [](Farm& farm) {
       farm.Host("fe1").mutable_assignment()->set_controller("fe3");
       farm.Host("fe1").mutable_assignment()->set_epoch(4);
       farm.Host("fe1").mutable_assignment()->set_state(plan::v1::HELD);
     },
     "is `assignment fe3  4 held`"},
    {"AnotherHostIsObserved", [](Farm& farm) { farm.observation.add_hosts()->set_host("fe9"); },
     "fe9: now `reachable no`"},
    {"AHostIsNoLongerObserved", [](Farm& farm) { farm.observation.mutable_hosts()->RemoveLast(); },
     "fe3: is no longer observed"},
    // What changes by itself is no reason to refuse a plan.
    {"Clock",
     [](Farm& farm) { farm.Host("fe1").mutable_facts()->mutable_clock_time()->set_seconds(1); },
     ""},
    {"Space", [](Farm& farm) { farm.Host("fe1").mutable_facts()->set_state_free_bytes(1); }, ""},
    {"Detail", [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_detail("pid 7"); },
     ""},
    {"Claim", [](Farm& farm) { farm.Host("fe1").mutable_claim()->set_epoch(7); }, ""},
    {"Anchor", [](Farm& farm) { farm.Host("fe1").mutable_anchor()->set_sequence(7); }, ""},
    {"RoundTrip", [](Farm& farm) { farm.Observed("fe1").mutable_round_trip()->set_nanos(7); }, ""},
};

// A plan of every host that the first farm has, with what the second one looks like in it.
plan::v1::Plan PlanOf(const Farm& hosts, const Farm& observed) {
  plan::v1::Plan plan;
  plan.set_farm_file_digest(observed.file.digest);
  *plan.mutable_observation() = observed.observation;
  for (const FarmHost& host : hosts.file.hosts) plan.add_hosts(host.name);
  return plan;
}

class Changes : public testing::TestWithParam<Row> {};

TEST_P(Changes, AreToldAndMoveTheDigest) {
  const Row& row = GetParam();
  const Farm before = MakeFarm();
  Farm after = MakeFarm();
  row.change(after);
  const std::vector<std::string> moved = Moved(PlanOf(before, before), after.observation);
  plan::v1::Plan later = PlanOf(before, after);
  if (after.observation.hosts_size() > 3) later.add_hosts("fe9");
  const bool same = PlanDigest(PlanOf(before, before)) == PlanDigest(later);
  if (std::string(row.sentence).empty()) {
    EXPECT_THAT(moved, IsEmpty());
    EXPECT_TRUE(same);
  } else {
    EXPECT_THAT(moved, testing::Contains(HasSubstr(row.sentence)));
    EXPECT_FALSE(same);
  }
}

INSTANTIATE_TEST_SUITE_P(Fingerprint, Changes, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Fingerprint, IsSortedAndHoldsNoEmptyLine) {
  Farm farm = MakeFarm();
  const std::vector<std::string> lines = Fingerprint(farm.Observed("fe1"));
  EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
  EXPECT_THAT(lines, testing::Not(testing::Contains("")));
  EXPECT_GT(lines.size(), 10U);
}

TEST(Fingerprint, OfASilentHostIsOneLine) {
  Farm farm = MakeFarm();
  farm.Silence("fe1");
  EXPECT_THAT(Fingerprint(farm.Observed("fe1")), ElementsAre("reachable no"));
}

// An agent that was started again reads the serial anew, which takes its time.
TEST(Moved, TakesASerialThatIsNotKnownForNoneThatMoved) {
  const Farm known = MakeFarm();
  Farm unknown = MakeFarm();
  unknown.GiveSerial("fe1", "", "not read yet");
  EXPECT_THAT(Moved(PlanOf(known, known), unknown.observation), IsEmpty());
  EXPECT_THAT(Moved(PlanOf(unknown, unknown), known.observation), IsEmpty());
}

TEST(Moved, DoesNotLookAtHostsThatThePlanLeavesOut) {
  const Farm farm = MakeFarm();
  plan::v1::Plan plan = PlanOf(farm, farm);
  plan.mutable_hosts()->RemoveLast();
  const std::string digest = PlanDigest(plan);
  Farm later = MakeFarm();
  later.Silence("fe3");
  EXPECT_THAT(Moved(plan, later.observation), IsEmpty());
  *plan.mutable_observation() = later.observation;
  EXPECT_EQ(PlanDigest(plan), digest);
  plan.add_hosts("fe3");
  EXPECT_THAT(Moved(plan, farm.observation),
              testing::Contains(HasSubstr("fe3: was `reachable no`")));
}

TEST(PlanDigest, CoversTheFarmFileAndTheOrderOfHosts) {
  const Farm farm = MakeFarm();
  plan::v1::Plan plan = PlanOf(farm, farm);
  const std::string digest = PlanDigest(plan);
  EXPECT_EQ(digest.size(), 32U);
  plan.set_farm_file_digest(Sha256("another file"));
  EXPECT_NE(PlanDigest(plan), digest);
  plan = PlanOf(farm, farm);
  plan.mutable_observation()->mutable_hosts()->SwapElements(0, 1);
  EXPECT_NE(PlanDigest(plan), digest);
}

}  // namespace
}  // namespace baton
