#include "coordinator/engine/lanes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/run_records.h"

namespace baton {
namespace {

// Stages are separated by `|`. A step is HOST, number and a letter for where it stands: `.`
// pending, `s` started, `S` succeeded, `F` failed, `U` unknown, `I` interrupted, `K` skipped; `!`
// behind it means that it is exclusive in the farm.
struct Row {
  const char* name;
  uint32_t max_parallel;
  bool first_leads;
  const char* steps;
  const char* runnable;
};

constexpr Row kRows[] = {
    {"NothingStarted", 1, false, "a1. a2. b1.", "a1"},
    {"TheNextOfALane", 1, false, "a1S a2. b1.", "a2"},
    {"OneLaneAtATime", 1, false, "a1s a2. b1.", ""},
    {"TheNextLaneAfterTheLast", 1, false, "a1S a2S b1. c1.", "b1"},
    {"TwoLanesAtATime", 2, false, "a1. a2. b1. c1.", "a1 b1"},
    {"AThirdLaneWaits", 2, false, "a1s b1s c1.", ""},
    {"ADoneLaneMakesRoom", 2, false, "a1S b1s c1.", "c1"},
    {"MoreRoomThanLanes", 64, false, "a1. b1. c1.", "a1 b1 c1"},
    {"ALaneReturnsAsAnother", 2, false, "a1. b1. a2.", "a1 b1"},
    {"TheFirstLaneLeads", 3, true, "a1. a2. b1. c1.", "a1"},
    {"TheFirstLaneLeadsToItsEnd", 3, true, "a1S a2. b1. c1.", "a2"},
    {"AfterTheLeadingLane", 3, true, "a1S a2S b1. c1.", "b1 c1"},
    {"ALeadingLaneThatFailed", 3, true, "a1S a2F b1. c1.", ""},
    {"AStageAfterTheOther", 3, false, "a1S b1s | a2.", ""},
    {"TheNextStage", 3, false, "a1S b1S | a2. b2.", "a2 b2"},
    {"AFailureStopsTheFanOut", 1, false, "a1S a2F b1.", ""},
    {"BegunLanesGoOnAfterAFailure", 2, false, "a1F b1S b2. c1.", "b2"},
    {"AnUnknownStopsTheFanOut", 2, false, "a1U b1S c1.", ""},
    {"AnInterruptedStopsTheFanOut", 2, false, "a1I b1S c1.", ""},
    {"ASkippedStepIsDone", 1, false, "a1K a2.", "a2"},
    {"AFailureStopsTheNextStage", 2, false, "a1S b1F | a2.", ""},
    {"ExclusiveOneAtATime", 3, false, "a1.! b1.! c1.", "a1 c1"},
    {"ExclusiveWaitsForAnother", 3, false, "a1s! b1.! c1S c2.", "c2"},
    {"ExclusiveGoesOnAfterAnother", 3, false, "a1S! b1.! c1.!", "b1"},
    {"ExclusiveThatMayStillRun", 3, false, "a1U! b1S b2.! c1S c2.", "c2"},
    {"ExclusiveThatNobodyWatches", 3, false, "a1I! b1S b2.!", ""},
    {"ExclusiveThatSurelyEnded", 3, false, "a1F! b1S b2.!", "b2"},
    {"NothingLeft", 1, false, "a1S b1S", ""},
};

plan::v1::StepState StateOf(char letter) {
  switch (letter) {
    case 's':
      return plan::v1::STARTED;
    case 'S':
      return plan::v1::SUCCEEDED;
    case 'F':
      return plan::v1::STEP_FAILED;
    case 'U':
      return plan::v1::UNKNOWN;
    case 'I':
      return plan::v1::INTERRUPTED;
    case 'K':
      return plan::v1::SKIPPED;
    default:
      return plan::v1::PENDING;
  }
}

std::vector<std::string> StepsOf(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

plan::v1::Plan PlanOf(const Row& row) {
  plan::v1::Plan plan;
  for (const absl::string_view stage_text : absl::StrSplit(row.steps, '|')) {
    plan::v1::Stage* stage = plan.add_stages();
    stage->set_max_parallel(row.max_parallel);
    stage->set_first_lane_leads(row.first_leads);
    for (const std::string& text : StepsOf(stage_text)) {
      plan::v1::Step* step = stage->add_steps();
      step->set_name(text.substr(0, 2));
      step->set_host(text.substr(0, 1));
      step->mutable_action()->set_run_tool(plan::v1::APPLY_CONFIGURATION);
      step->set_farm_exclusive(text.back() == '!');
    }
  }
  return plan;
}

class Lanes : public testing::TestWithParam<Row> {};

TEST_P(Lanes, SayWhatMayStart) {
  const Row& row = GetParam();
  RunRecords records(PlanOf(row));
  for (const absl::string_view stage : absl::StrSplit(row.steps, '|')) {
    for (const std::string& text : StepsOf(stage)) {
      records.Reach(text.substr(0, 2), StateOf(text[2]));
    }
  }
  std::vector<std::string> names;
  for (const size_t index : engine::RunnableSteps(records.state())) {
    names.push_back(records.state().ledger(index).step->name());
  }
  EXPECT_EQ(absl::StrJoin(names, " "), row.runnable);
  EXPECT_EQ(engine::AllSettled(records.state()), std::string(row.name) == "NothingLeft");
}

INSTANTIATE_TEST_SUITE_P(, Lanes, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton
