#include "coordinator/procedure/hook_steps.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/findings.h"
#include "coordinator/procedure/hook_findings.h"
#include "gmock/gmock.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

FarmHook MakeHook(const std::string& name, HookPlace place, const std::string& stage) {
  FarmHook hook;
  hook.name = name;
  hook.place = place;
  hook.stage = stage;
  hook.command = {"/hooks/" + name, "two words"};
  return hook;
}

std::vector<std::string> StepsOf(const plan::v1::Plan& plan, absl::string_view stage_name) {
  std::vector<std::string> names;
  for (const plan::v1::Stage& stage : plan.stages()) {
    if (stage.name() != stage_name) continue;
    for (const plan::v1::Step& step : stage.steps()) names.push_back(step.name());
  }
  return names;
}

std::vector<std::string> StagesOf(const plan::v1::Plan& plan) {
  std::vector<std::string> names;
  for (const plan::v1::Stage& stage : plan.stages()) names.push_back(stage.name());
  return names;
}

const plan::v1::Step& StepNamed(const plan::v1::Plan& plan, absl::string_view name) {
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() == name) return step;
    }
  }
  ADD_FAILURE() << "no step " << name;
  return plan::v1::Step::default_instance();
}

TEST(InsertHooks, MakesStagesAroundAStageInTheFarmFilesOrder) {
  Farm farm = MakeFarm({2});
  farm.file.hooks = {MakeHook("b", HookPlace::kBeforeStage, "promote"),
                     MakeHook("c", HookPlace::kAfterStage, "promote"),
                     MakeHook("a", HookPlace::kBeforeStage, "promote")};
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  EXPECT_THAT(StagesOf(plan),
              ElementsAre("preflight", "stand-down", "before-promote", "promote", "after-promote",
                          "repoint", "service-center", "license", "republish", "prove"));
  EXPECT_THAT(StepsOf(plan, "before-promote"),
              ElementsAre("before-promote/@coordinator/b", "before-promote/@coordinator/a"));
  EXPECT_THAT(StepsOf(plan, "after-promote"), ElementsAre("after-promote/@coordinator/c"));
  EXPECT_EQ(StepNamed(plan, "after-promote/@coordinator/c").host(), "");
}

TEST(InsertHooks, BeginsAndEndsEachHostOnceHoweverManyLanesItHas) {
  Farm farm = MakeFarm({2});
  farm.file.hooks = {MakeHook("in", HookPlace::kAfterHost, "prove"),
                     MakeHook("out", HookPlace::kBeforeHost, "prove")};
  EXPECT_THAT(StepsOf(farm.MovePlan("fe2"), "prove"),
              ElementsAre("prove/fe2/before-out", "prove/fe2/services", "prove/fe2/settings",
                          "prove/fe2/ports", "prove/fe1/before-out", "prove/fe1/services",
                          "prove/fe1/settings", "prove/fe1/ports", "prove/fe2/assign-held",
                          "prove/fe2/after-in", "prove/fe1/assign-held", "prove/fe1/after-in"));
}

TEST(InsertHooks, LeavesOutWhatThePlanHasNoPlaceFor) {
  Farm farm = MakeFarm({2});
  farm.file.hooks = {MakeHook("a", HookPlace::kBeforeStage, "drain"),
                     MakeHook("b", HookPlace::kBeforeStage, "promote"),
                     MakeHook("c", HookPlace::kBeforeHost, "stand-down")};
  farm.file.hooks[1].procedures = {plan::v1::MOVE_CONTROLLER_AND_CACHE};
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  EXPECT_THAT(StagesOf(plan), Not(Contains("before-drain")));
  EXPECT_THAT(StagesOf(plan), Not(Contains("before-promote")));
  EXPECT_THAT(StepsOf(plan, "stand-down"),
              ElementsAre("stand-down/fe1/before-c", "stand-down/fe1/disable-controller",
                          "stand-down/fe1/stop-controller"));
}

TEST(InsertHooks, AreNeverTheLineThatCannotBeCrossedBack) {
  Farm farm = MakeFarm({2});
  const std::string line = farm.MovePlan("fe2").first_irreversible_step();
  farm.file.hooks = {MakeHook("a", HookPlace::kBeforeHost, "service-center"),
                     MakeHook("b", HookPlace::kBeforeStage, "service-center")};
  EXPECT_EQ(farm.MovePlan("fe2").first_irreversible_step(), line);
}

TEST(InsertHooks, SayWhatTheyRunAndWhere) {
  Farm farm = MakeFarm({2});
  FarmHook hook = MakeHook("lb", HookPlace::kAfterHost, "repoint");
  hook.warn_only = true;
  hook.repeatable = true;
  hook.timeout = absl::Seconds(90);
  farm.file.hooks = {hook, MakeHook("once", HookPlace::kBeforeStage, "repoint")};
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  const plan::v1::Step& step = StepNamed(plan, "repoint/fe1/after-lb");
  EXPECT_EQ(step.sentence(), "Run hook lb after repoint of fe1; a failure only warns");
  EXPECT_EQ(step.transition(), "/hooks/lb 'two words'");
  EXPECT_THAT(step.reason(), testing::HasSubstr("cannot undo it"));
  EXPECT_EQ(step.timeout().seconds(), 90);
  EXPECT_TRUE(step.repeatable());
  EXPECT_EQ(step.action().hook().position(), "after-host:repoint");
  EXPECT_TRUE(step.action().hook().warn_only());
  const plan::v1::Step& once = StepNamed(plan, "before-repoint/@coordinator/once");
  EXPECT_EQ(once.sentence(), "Run hook once before repoint");
  EXPECT_FALSE(once.repeatable());
}

TEST(InsertHooks, TellTheCommandAboutTheRun) {
  Farm farm = MakeFarm({2});
  farm.Entry("fe1").labels = {{"lb pool", "web=1"}, {"rack", "a 1"}};
  farm.file.hooks = {MakeHook("lb", HookPlace::kBeforeHost, "repoint"),
                     MakeHook("dns", HookPlace::kAfterStage, "prove")};
  const plan::v1::Plan plan = farm.MovePlan("fe2");
  const auto& host = StepNamed(plan, "repoint/fe1/before-lb").action().hook().environment();
  EXPECT_THAT(host,
              ElementsAre("BATON_FARM=prod", "BATON_PROCEDURE=move-controller", "BATON_HOOK=lb",
                          "BATON_AT=before-host:repoint", "BATON_STAGE=repoint", "BATON_HOST=fe1",
                          "BATON_HOST_ADDRESS=10.0.0.11", "BATON_OLD_CONTROLLER=fe1",
                          "BATON_OLD_CONTROLLER_ADDRESS=10.0.0.11", "BATON_NEW_CONTROLLER=fe2",
                          "BATON_NEW_CONTROLLER_ADDRESS=10.0.0.12", "BATON_ACTIVATE=",
                          "BATON_DEACTIVATE=", "BATON_UNDOES=", "BATON_FAILS_BACK=",
                          "BATON_HOST_LABEL_LB_POOL=web=1", "BATON_HOST_LABEL_RACK=a 1"));
  EXPECT_THAT(StepNamed(plan, "after-prove/@coordinator/dns").action().hook().environment(),
              IsSupersetOf({"BATON_HOST=", "BATON_HOST_ADDRESS=", "BATON_STAGE=prove"}));
}

TEST(InsertHooks, TellTheCommandWhichFrontEndsServe) {
  Farm farm = MakeFarm({4});
  farm.StandBy("fe3");
  farm.StandBy("fe4");
  farm.file.hooks = {MakeHook("lb", HookPlace::kAfterStage, "activate")};
  EXPECT_THAT(
      StepNamed(farm.SwapPlan(), "after-activate/@coordinator/lb").action().hook().environment(),
      IsSupersetOf(
          {"BATON_ACTIVATE=fe3 fe4", "BATON_DEACTIVATE=fe1 fe2", "BATON_NEW_CONTROLLER="}));
}

TEST(InsertHooks, TellTheCommandThatGroupsChangeBack) {
  Farm farm = MakeFarm({4});
  farm.StandBy("fe3");
  farm.StandBy("fe4");
  farm.file.hooks = {MakeHook("lb", HookPlace::kAfterStage, "confirm")};
  plan::v1::Plan undo = farm.SwapPlan();  // as far as hooks look at it
  undo.mutable_request()->set_undoes("run-1");
  undo.mutable_stages()->rbegin()->set_name("confirm");
  InsertHooks(farm.file, undo);
  EXPECT_THAT(
      StepNamed(undo, "after-confirm/@coordinator/lb").action().hook().environment(),
      IsSupersetOf({"BATON_ACTIVATE=fe1 fe2", "BATON_DEACTIVATE=fe3 fe4", "BATON_UNDOES=run-1"}));
}

// --- Findings -----------------------------------------------------------------------------------

std::vector<std::string> Reasons(const std::vector<plan::v1::Finding>& findings) {
  std::vector<std::string> reasons;
  for (const plan::v1::Finding& finding : findings) {
    reasons.push_back(absl::StrCat(finding.name(), ": ", finding.reason()));
  }
  return reasons;
}

plan::v1::ProcedureRequest Of(plan::v1::Procedure procedure) {
  plan::v1::ProcedureRequest request;
  request.set_procedure(procedure);
  return request;
}

TEST(FindHookTrouble, NamesProgramsThatCannotBeRun) {
  Farm farm = MakeFarm({2});
  farm.file.hooks = {MakeHook("fine", HookPlace::kBeforeStage, "promote"),
                     MakeHook("gone", HookPlace::kBeforeStage, "promote")};
  farm.file.hooks[1].procedures = {plan::v1::MOVE_CONTROLLER};
  farm.observation.add_hooks()->set_name("fine");
  plan::v1::HookCheck& gone = *farm.observation.add_hooks();
  gone.set_name("gone");
  gone.set_error("/hooks/gone: No such file or directory (ENOENT)");
  const ObservedFarm observed(farm.file, farm.observation);
  const std::string reason =
      "hook-not-runnable: hook gone: /hooks/gone: No such file or directory (ENOENT)";
  EXPECT_THAT(Reasons(FindHookTrouble(observed, Of(plan::v1::MOVE_CONTROLLER))),
              ElementsAre(reason));
  EXPECT_THAT(Reasons(FindHookTrouble(observed, {})), ElementsAre(reason));
  EXPECT_THAT(FindHookTrouble(observed, Of(plan::v1::ACTIVATE_PASSIVE)), IsEmpty());
  const plan::v1::Finding finding =
      FindHookTrouble(observed, Of(plan::v1::MOVE_CONTROLLER)).front();
  EXPECT_EQ(finding.level(), plan::v1::FINDING_ERROR);
  EXPECT_FALSE(finding.acceptable());
  EXPECT_EQ(finding.hint(), FindFindingKind("hook-not-runnable")->hint);
}

TEST(FindHookTrouble, IsAboutTheStagesOfTheRunAlone) {
  Farm farm = MakeFarm({2});
  farm.file.hooks = {MakeHook("shared", HookPlace::kAfterStage, "preflight"),
                     MakeHook("forth", HookPlace::kBeforeStage, "service-center"),
                     MakeHook("back", HookPlace::kAfterStage, "confirm")};
  farm.file.hooks[2].warn_only = true;
  for (const FarmHook& hook : farm.file.hooks) {
    plan::v1::HookCheck& check = *farm.observation.add_hooks();
    check.set_name(hook.name);
    check.set_error("gone");
  }
  const ObservedFarm observed(farm.file, farm.observation);
  plan::v1::ProcedureRequest request = Of(plan::v1::MOVE_CONTROLLER);
  EXPECT_THAT(
      Reasons(FindHookTrouble(observed, request)),
      ElementsAre("hook-not-runnable: hook shared: gone", "hook-not-runnable: hook forth: gone"));
  request.set_undoes("run-1");
  const std::vector<plan::v1::Finding> undo = FindHookTrouble(observed, request);
  EXPECT_THAT(Reasons(undo), ElementsAre("hook-not-runnable: hook shared: gone",
                                         "hook-not-runnable: hook back: gone"));
  EXPECT_EQ(undo.back().level(), plan::v1::FINDING_WARNING);
}

}  // namespace
}  // namespace baton
