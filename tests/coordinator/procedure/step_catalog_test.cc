#include "coordinator/procedure/step_catalog.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

// STAGE/WHAT of a step's name, with any service that its kind leaves open left open.
std::string KindOf(const plan::v1::Step& step) {
  const std::vector<std::string> parts = absl::StrSplit(step.name(), '/');
  std::string what = parts[2];
  const bool open = parts[0] == "repoint" || parts[0] == "withdraw" || parts[0] == "hand-back" ||
                    parts[0] == "restore";
  if (open && absl::StartsWith(what, "stop-")) what = "stop-$service";
  const bool starts = absl::StartsWith(what, "start-") && what != "start-cache";
  if (open && starts) what = "start-$service";
  const bool types = absl::StartsWith(what, "startup-type-") && what != "startup-types";
  if (open && types) what = "startup-type-$service";
  if (parts[0] == "witness") what = "$lost-" + what.substr(what.find('-') + 1);
  return absl::StrCat(parts[0], "/", what);
}

// The plan that undoes a run of `plan` whose steps were all attempted but what cannot be undone, on
// the farm as it is now. The bytes of fe2's configuration file can come back.
plan::v1::Plan UndoPlan(const Farm& farm, const plan::v1::Plan& plan) {
  FormerRun former;
  former.run.set_run("run-1");
  *former.run.mutable_plan() = plan;
  former.run.set_phase(plan::v1::RUN_PAUSED);
  former.run.set_changed(true);
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() == plan.first_irreversible_step()) break;
      former.run.add_steps()->set_step(step.name());
      former.run.mutable_steps()->rbegin()->set_attempt(1);
    }
  }
  plan::v1::RewriteResult& written = former.rewrites["repoint/fe2/rewrite"];
  written.set_backup("server.hsconf.bak-run-1");
  written.set_digest_after("written by the run");
  plan::v1::ProcedureRequest request;
  request.set_undoes("run-1");
  request.set_reason("wrong host");
  const absl::StatusOr<plan::v1::Plan> undo =
      MakePlan(farm.file, farm.observation, request, &former);
  EXPECT_TRUE(undo.ok() && undo->stages_size() > 0) << undo.status();
  return undo.value_or(plan::v1::Plan());
}

// The farm once the roles went from fe1 to fe2.
Farm Moved(Farm farm) {
  for (const plan::v1::Service role : {plan::v1::CONTROLLER, plan::v1::CACHE}) {
    farm.Service("fe1", role) = ServiceAs(role, plan::v1::STOPPED, plan::v1::DISABLED);
    farm.Service("fe2", role) = ServiceAs(role, plan::v1::RUNNING, plan::v1::AUTOMATIC);
  }
  for (const char* host : {"fe2", "fe3"}) {
    farm.Host(host).mutable_configuration()->set_digest("written by the run");
    farm.Setting(host, plan::v1::CONTROLLER_HOST).set_value("10.0.0.12");
  }
  return farm;
}

// A move without the old Deployment Controller, which is silent.
plan::v1::Plan PlanWithout(Farm farm, plan::v1::OnLost policy) {
  for (const FarmHost& host : farm.file.hosts) {
    farm.Host(host.name).mutable_assignment()->set_controller("fe1");
    farm.Host(host.name).mutable_assignment()->set_epoch(1);
    farm.Host(host.name).mutable_assignment()->set_state(plan::v1::HELD);
  }
  farm.Observed("fe1").clear_state();
  farm.Entry("fe1").fence.emplace().set_agent("fence_lab");
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to("fe2");
  request.set_emergency(true);
  request.set_reason("fe1 burnt");
  request.add_lost()->set_host("fe1");
  request.mutable_lost(0)->set_on_lost(policy);
  return farm.PlanFor(request);
}

// Plans that together have every kind of step: of each procedure, one that makes a cache where
// there was none, and those that undo them.
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
  plans.push_back(UndoPlan(Moved(farm), plans[1]));
  Farm swap = MakeFarm();
  swap.StandBy("fe3");
  swap.file.drain = absl::Minutes(5);
  plans.push_back(swap.SwapPlan());
  swap.StandBy("fe1");
  plans.push_back(UndoPlan(swap, plans.back()));
  plans.push_back(PlanWithout(MakeFarm(), plan::v1::ON_LOST_FENCE));
  plans.push_back(PlanWithout(MakeFarm(), plan::v1::ON_LOST_CONFIRM_OFF));
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
