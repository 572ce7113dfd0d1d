#include "coordinator/ctl/rehearse/placed_fault.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton::rehearse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

plan::v1::Action& AddStep(const std::string& name, const std::string& host,
                          plan::v1::Stage& stage) {
  plan::v1::Step& step = *stage.add_steps();
  step.set_name(name);
  step.set_host(host);
  return *step.mutable_action();
}

// The steps of a move that matter here.
plan::v1::Plan MakePlan() {
  plan::v1::Plan plan;
  plan::v1::Stage& stage = *plan.add_stages();
  AddStep("stand-down/fe1/disable-controller", "fe1", stage)
      .mutable_set_startup_type()
      ->set_service(plan::v1::CONTROLLER);
  AddStep("stand-down/fe1/stop-controller", "fe1", stage)
      .mutable_stop_service()
      ->set_service(plan::v1::CONTROLLER);
  AddStep("repoint/fe2/rewrite", "fe2", stage).mutable_rewrite();
  AddStep("repoint/fe2/create-cache-service", "fe2", stage)
      .set_run_tool(plan::v1::CREATE_CACHE_SERVICE);
  AddStep("repoint/fe2/start-cache", "fe2", stage)
      .mutable_start_service()
      ->set_service(plan::v1::CACHE);
  AddStep("repoint/fe2/apply", "fe2", stage).set_run_tool(plan::v1::APPLY_CONFIGURATION);
  return plan;
}

absl::StatusOr<std::vector<PlacedFault>> Place(const std::vector<std::string>& texts,
                                               LabStack stack = LabStack::kDotnet) {
  absl::StatusOr<LabFaults> faults = ParseFaults(texts);
  if (!faults.ok()) return faults.status();
  return PlaceFaults(MakePlan(), faults->steps, stack);
}

struct Placement {
  const char* text;
  const char* name;
  const char* words;
  LabStack stack = LabStack::kDotnet;
};

void PrintTo(const Placement& placement, std::ostream* out) { *out << placement.text; }

class PlacementTest : public testing::TestWithParam<Placement> {};

TEST_P(PlacementTest, FindsTheSwitchOfTheStep) {
  ASSERT_OK_AND_ASSIGN(const std::vector<PlacedFault> placed,
                       Place({GetParam().text}, GetParam().stack));
  ASSERT_THAT(placed, SizeIs(1));
  EXPECT_EQ(placed[0].switch_name, GetParam().name);
  EXPECT_EQ(placed[0].switch_words, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    , PlacementTest,
    testing::Values(
        Placement{"repoint/fe2/apply=refuse", "apply-configuration", "fail 1"},
        Placement{"repoint/fe2/apply=fail 3", "apply-configuration", "fail 3"},
        Placement{"stand-down/fe1/stop-controller=refuse", "stop-controller", "fail 1061"},
        Placement{"stand-down/fe1/stop-controller=slow 2", "stop-controller", "slow 2"},
        Placement{"stand-down/fe1/disable-controller=lie", "set-startup-type-controller", "lie"},
        Placement{"stand-down/fe1/disable-controller=hang", "service-configurator", "hang",
                  LabStack::kJava},
        // What happens to the agent shall happen in the middle of the step.
        Placement{"repoint/fe2/apply=kill-agent", "apply-configuration", "slow 2"},
        Placement{"repoint/fe2/apply=cut 1", "apply-configuration", "slow 2"},
        // The agent's own work takes what it takes, and so does what others would come upon.
        Placement{"repoint/fe2/rewrite=kill-agent", "", ""},
        Placement{"repoint/fe2/start-cache=kill-agent", "start-cache", ""}));

struct Misplacement {
  std::vector<std::string> texts;
  const char* why;
};

void PrintTo(const Misplacement& placement, std::ostream* out) { *out << placement.texts[0]; }

class MisplacementTest : public testing::TestWithParam<Misplacement> {};

TEST_P(MisplacementTest, IsRefused) {
  EXPECT_THAT(Place(GetParam().texts).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(GetParam().texts.back()), HasSubstr(GetParam().why))));
}

INSTANTIATE_TEST_SUITE_P(
    , MisplacementTest,
    testing::Values(
        Misplacement{{"repoint/fe1/apply=hang"},
                     "of fe1 it has stand-down/fe1/disable-controller, stand-down/fe1/stop"},
        Misplacement{{"repoint/fe9/apply=hang"}, "of fe9 it has none"},
        Misplacement{{"repoint/fe2/rewrite=hang"}, "say kill-agent or cut SECONDS"},
        Misplacement{{"repoint/fe2/start-cache=hang"},
                     "step repoint/fe2/create-cache-service comes before it"},
        Misplacement{{"repoint/fe2/apply=slow", "repoint/fe2/apply=hang"}, "exclude each other"}));

TEST(PlaceFaults, LeavesTheSwitchToWhatWasAskedForAboutTheStep) {
  ASSERT_OK_AND_ASSIGN(const std::vector<PlacedFault> placed,
                       Place({"repoint/fe2/apply=kill-agent", "repoint/fe2/apply=slow 7"}));
  ASSERT_THAT(placed, SizeIs(2));
  EXPECT_EQ(placed[0].switch_words, "");
  EXPECT_EQ(placed[1].switch_words, "slow 7");
}

}  // namespace
}  // namespace baton::rehearse
