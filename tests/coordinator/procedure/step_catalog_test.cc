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
  if (parts[0] == "repoint" && absl::StartsWith(what, "start-")) what = "start-$service";
  return absl::StrCat(parts[0], "/", what);
}

// Plans that together have every kind of step.
std::vector<plan::v1::Plan> AllPlans() {
  Farm farm = MakeFarm();
  farm.StandBy("fe3");
  farm.file.drain = absl::Minutes(5);
  return {MakeFarm().MovePlan("fe2"), farm.SwapPlan()};
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
    EXPECT_TRUE(listed.insert(absl::StrCat(kind.stage, "/", kind.what)).second) << kind.what;
    EXPECT_EQ(&FindStepKind(kind.stage, kind.what), &kind);
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

}  // namespace
}  // namespace baton
