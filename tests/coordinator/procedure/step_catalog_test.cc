#include "coordinator/procedure/step_catalog.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

// STAGE/WHAT of a step's name, with any service behind stop- and start- left open.
std::string KindOf(const plan::v1::Step& step) {
  const std::vector<std::string> parts = absl::StrSplit(step.name(), '/');
  std::string what = parts[2];
  if (parts[0] == "repoint" && absl::StartsWith(what, "stop-")) what = "stop-$service";
  const bool starts = absl::StartsWith(what, "start-") && what != "start-cache";
  if (parts[0] == "repoint" && starts) what = "start-$service";
  return absl::StrCat(parts[0], "/", what);
}

// Plans that together have every kind of step: of each procedure, and one that makes a cache where
// there was none.
std::vector<plan::v1::Plan> AllPlans() {
  Farm farm = MakeFarm({3, false, "fe1"});
  farm.NameCachePassword();
  std::vector<plan::v1::Plan> plans = {
      farm.MovePlan("fe2"), farm.MovePlan("fe2", 1, plan::v1::MOVE_CONTROLLER_AND_CACHE)};
  farm.Service("fe2", plan::v1::CACHE).set_run_state(plan::v1::ABSENT);
  plans.push_back(farm.MovePlan("fe2", 1, plan::v1::MOVE_CONTROLLER_AND_CACHE));
  Farm license = MakeFarm();
  license.GiveSerial("fe2", "BBBB-2222");
  plans.push_back(
      license.MovePlan("fe2", 1, plan::v1::MOVE_CONTROLLER, plan::v1::REPUBLISH_APPLY_SETTINGS));
  Farm swap = MakeFarm();
  swap.StandBy("fe3");
  swap.file.drain = absl::Minutes(5);
  plans.push_back(swap.SwapPlan());
  return plans;
}

TEST(StepCatalog, HoldsWhatPlansNeedAndNothingElse) {
  std::set<std::string> used;
  for (const plan::v1::Plan& plan : AllPlans()) {
    for (const plan::v1::Stage& stage : plan.stages()) {
      for (const plan::v1::Step& step : stage.steps()) used.insert(KindOf(step));
    }
  }
  std::set<std::string> listed;
  for (const StepKind& kind : StepCatalog()) {
    listed.insert(absl::StrCat(kind.stage, "/", kind.what));
    // Each row is the one that is found for one of the procedures.
    int found = 0;
    for (const plan::v1::Procedure procedure :
         {plan::v1::ACTIVATE_PASSIVE, plan::v1::MOVE_CONTROLLER,
          plan::v1::MOVE_CONTROLLER_AND_CACHE}) {
      found += &FindStepKind(kind.stage, kind.what, procedure) == &kind ? 1 : 0;
    }
    EXPECT_GT(found, 0) << kind.what;
    EXPECT_GT(kind.timeout, absl::ZeroDuration()) << kind.what;
    EXPECT_FALSE(kind.reason.empty()) << kind.what;
  }
  EXPECT_EQ(used, listed);
}

void CheckSteps(const plan::v1::Plan& plan) {
  std::set<std::string> names;
  for (const plan::v1::Stage& stage : plan.stages()) {
    EXPECT_GE(stage.max_parallel(), 1U) << stage.name();
    for (const plan::v1::Step& step : stage.steps()) {
      EXPECT_TRUE(names.insert(step.name()).second) << step.name() << " twice";
      EXPECT_THAT(step.sentence(), testing::Not(testing::HasSubstr("$")));
      EXPECT_THAT(step.sentence(), testing::HasSubstr(step.host())) << step.name();
      EXPECT_GT(step.timeout().seconds(), 0) << step.name();
      EXPECT_NE(step.action().kind_case(), plan::v1::Action::KIND_NOT_SET) << step.name();
    }
  }
}

TEST(StepCatalog, LeavesNoPlaceholderInAPlan) {
  for (const plan::v1::Plan& plan : AllPlans()) CheckSteps(plan);
}

TEST(StepCatalog, CitesTheProcedureThatIsPlanned) {
  for (const plan::v1::Plan& plan : AllPlans()) {
    const std::string lines =
        absl::StrCat("P", static_cast<int>(plan.request().procedure()), "\\.[1-7]");
    for (const plan::v1::Stage& stage : plan.stages()) {
      for (const plan::v1::Step& step : stage.steps()) {
        if (step.seed().empty()) continue;
        EXPECT_THAT(step.seed(), testing::MatchesRegex(lines)) << step.name();
      }
    }
  }
}

}  // namespace
}  // namespace baton
