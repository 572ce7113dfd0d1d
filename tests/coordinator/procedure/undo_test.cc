// Runs that stop anywhere, and the runs that undo them: planner, engine and captures together.

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "coordinator/procedure/planner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/procedure/undo_world.h"
#include "tests/support/plan_text.h"
#include "tests/support/status_matchers.h"
#include "tests/support/transcript.h"

namespace baton {
namespace {

using testing::HasSubstr;

Farm FarmFor(plan::v1::Procedure procedure) {
  FarmShape shape{4};
  if (procedure == plan::v1::MOVE_CONTROLLER_AND_CACHE) shape.cache = "fe1";
  Farm farm = MakeFarm(shape);
  if (procedure == plan::v1::ACTIVATE_PASSIVE) {
    farm.StandBy("fe3");
    farm.StandBy("fe4");
    farm.Service("fe4", plan::v1::DEPLOYMENT) =
        ServiceAs(plan::v1::DEPLOYMENT, plan::v1::STOPPED, plan::v1::MANUAL);
  }
  return farm;
}

plan::v1::Plan PlanFor(const Farm& farm, plan::v1::Procedure procedure) {
  return procedure == plan::v1::ACTIVATE_PASSIVE ? farm.SwapPlan()
                                                 : farm.MovePlan("fe2", 2, procedure);
}

bool HasStep(const plan::v1::Plan& plan, const std::string& what) {
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      if (absl::EndsWith(step.name(), what)) return true;
    }
  }
  return false;
}

class Undoing : public testing::TestWithParam<std::tuple<plan::v1::Procedure, EngineLoop::Death>> {
};

// How often what came.
struct Seen {
  int refused = 0;
  int undone = 0;
  int bytes = 0;
  int spliced = 0;
};

void UndoAndCompare(UndoWorld& world, const plan::v1::Plan& undo, Seen& seen) {
  ASSERT_TRUE(Forbidding({undo.findings().begin(), undo.findings().end()}).empty())
      << PlanText(undo);
  const plan::v1::Run run = world.Undo(undo);
  ASSERT_EQ(run.phase(), plan::v1::RUN_SUCCEEDED) << run.detail() << "\n" << PlanText(undo);
  ASSERT_EQ(world.Differences(), "") << PlanText(undo);
  ASSERT_LE(world.farm().controllers_max(), 1);
  ++seen.undone;
  seen.bytes += HasStep(undo, "/file") ? 1 : 0;
  seen.spliced += HasStep(undo, "/rewrite") ? 1 : 0;
}

TEST_P(Undoing, LeavesTheFarmAsItWasWhereverTheRunStopped) {
  const auto [procedure, death] = GetParam();
  const bool moves = procedure != plan::v1::ACTIVATE_PASSIVE;
  Seen seen;
  bool died = true;
  for (uint64_t number = 1; died; ++number) {
    SCOPED_TRACE(absl::StrCat("dies at append ", number));
    UndoWorld world(FarmFor(procedure));
    died = world.RunUntilAppend(PlanFor(world.farm().farm(), procedure), number, death);
    const FormerRun former = world.Former();
    const absl::StatusOr<plan::v1::Plan> undo = world.PlanUndo();
    if (CheckUndo(former).ok()) {
      ASSERT_OK(undo);
      UndoAndCompare(world, *undo, seen);
      if (HasFatalFailure()) return;
      EXPECT_EQ(world.farm().farm().Host("fe4").assignment().controller(), moves ? "fe1" : "");
    } else {
      ASSERT_THAT(undo, StatusIs(absl::StatusCode::kFailedPrecondition,
                                 HasSubstr("run-1 cannot be undone")));
      ++seen.refused;
    }
  }
  EXPECT_GE(seen.undone, 5);
  EXPECT_GE(seen.refused, 2);
  EXPECT_EQ(seen.spliced > 0, moves);
  // A rewrite whose report was heard, and that is not applied yet.
  if (moves && death != EngineLoop::Death::kBeforeAppend) {
    EXPECT_GT(seen.bytes, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(, Undoing,
                         testing::Combine(testing::Values(plan::v1::ACTIVATE_PASSIVE,
                                                          plan::v1::MOVE_CONTROLLER,
                                                          plan::v1::MOVE_CONTROLLER_AND_CACHE),
                                          testing::Values(EngineLoop::Death::kBeforeAppend,
                                                          EngineLoop::Death::kAfterAppend,
                                                          EngineLoop::Death::kAfterCalls)),
                         [](const auto& test) {
                           return absl::StrCat("Procedure",
                                               static_cast<int>(std::get<0>(test.param)), "Death",
                                               static_cast<int>(std::get<1>(test.param)));
                         });

// --- What cannot be undone ----------------------------------------------------------------------

FormerRun PausedAt(const std::string& step) {
  UndoWorld world(MakeFarm());
  world.RunUntilStep(world.farm().farm().MovePlan("fe2"), step);
  return world.Former();
}

FormerRun Later(FormerRun former, plan::v1::RunPhase phase, const std::string& undoes) {
  plan::v1::Run& later = former.later.emplace_back();
  later.set_run("run-2");
  later.set_phase(phase);
  later.set_changed(true);
  later.mutable_plan()->mutable_request()->set_undoes(undoes);
  return former;
}

TEST(CheckUndo, RefusesWhatCannotBeUndoneAndSaysWhatToDo) {
  const FormerRun stood_down = PausedAt("stand-down/fe1/stop-controller");
  ASSERT_OK(CheckUndo(stood_down));
  struct Row {
    FormerRun former;
    const char* words;
  };
  FormerRun untouched = PausedAt("preflight/fe2/unchanged");
  FormerRun running = stood_down;
  running.run.set_phase(plan::v1::RUN_RUNNING);
  FormerRun waiting = stood_down;
  waiting.run.set_phase(plan::v1::RUN_WAITING);
  FormerRun succeeded = stood_down;
  succeeded.run.set_phase(plan::v1::RUN_SUCCEEDED);
  FormerRun undo = stood_down;
  undo.run.mutable_plan()->mutable_request()->set_undoes("run-0");
  FormerRun installed = PausedAt("service-center/fe2/install");
  FormerRun adopted = stood_down;
  adopted.adopted = stood_down.run.sequence() + 1;
  FormerRun given_up = installed;
  given_up.run.set_phase(plan::v1::RUN_CANCELLED);
  const Row rows[] = {
      {untouched, "it changed nothing; end it with baton cancel run-1"},
      {running, "it is running; pause it first: baton pause run-1"},
      {waiting, "it is waiting; it must have ended first: baton cancel run-1"},
      {succeeded, "it succeeded; go back with baton failback run-1"},
      {undo, "it undoes run run-0; go on with it: baton resume run-1"},
      {installed,
       "service-center/fe2/install was begun, and nothing takes that back; finish it "
       "with baton resume run-1, then baton failback run-1"},
      {adopted,
       "somebody said after it, with baton adopt, which hosts hold the roles; to go back all the "
       "same: baton plan move-controller --to fe1"},
      {given_up, "baton adopt, then baton plan move-controller --to fe1"},
      {Later(stood_down, plan::v1::RUN_SUCCEEDED, "run-1"), "run run-2 undid it already"},
      {Later(stood_down, plan::v1::RUN_PAUSED, "run-1"), "run run-2 undoes it already"},
      {Later(stood_down, plan::v1::RUN_CANCELLED, ""), "run run-2 came after it and changed"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(CheckUndo(row.former),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(row.words)));
  }
  EXPECT_OK(CheckUndo(Later(stood_down, plan::v1::RUN_CANCELLED, "run-1")));
}

TEST(CheckFailback, WantsARunThatSucceeded) {
  const FormerRun paused = PausedAt("stand-down/fe1/stop-controller");
  EXPECT_THAT(CheckFailback(paused),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("it did not succeed, it is paused; go on with baton resume run-1, "
                                 "or undo it with baton undo run-1")));
  EXPECT_THAT(CheckFailback(PausedAt("service-center/fe2/install")),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("finish it with baton resume run-1, then baton failback run-1")));
}

TEST(Undo, IsRefusedWhereAHostIsSilentOrGone) {
  UndoWorld world(MakeFarm());
  world.RunUntilStep(world.farm().farm().MovePlan("fe2"), "stand-down/fe1/stop-controller");
  world.farm().farm().Silence("fe3");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan silent, world.PlanUndo());
  EXPECT_THAT(PlanText(silent), HasSubstr("error agent-unreachable on fe3"));
  EXPECT_EQ(silent.stages_size(), 0);
  EXPECT_EQ(silent.new_controller(), "fe1");
  world.farm().farm().file.hosts.pop_back();
  EXPECT_THAT(world.PlanUndo(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                         HasSubstr("farm.yaml has no such host any more")));
}

TEST(Undo, IsOutdatedOnceItsRunWentOn) {
  UndoWorld world(MakeFarm());
  world.RunUntilStep(world.farm().farm().MovePlan("fe2"), "repoint/fe2/rewrite");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan undo, world.PlanUndo());
  FormerRun former = world.Former();
  EXPECT_FALSE(IsOutdated(world.farm().farm().file, undo, former));
  for (plan::v1::StepStatus& status : *former.run.mutable_steps()) {
    if (status.step() == "repoint/fe3/rewrite") status.set_attempt(1);
  }
  EXPECT_TRUE(IsOutdated(world.farm().farm().file, undo, former));
}

// --- Failback -----------------------------------------------------------------------------------

absl::StatusOr<plan::v1::Plan> PlanFailback(UndoWorld& world) {
  const FormerRun former = world.Former();
  plan::v1::ProcedureRequest request;
  request.set_fails_back("run-1");
  request.set_reason("fe1 is repaired");
  const Farm& farm = world.farm().farm();
  return MakePlan(farm.file, farm.observation, request, &former);
}

TEST(Failback, GoesBackToWhereTheRunTookTheRolesFrom) {
  UndoWorld world(FarmFor(plan::v1::MOVE_CONTROLLER_AND_CACHE));
  world.farm().farm().Setting("fe1", plan::v1::CACHE_VIRTUAL_HOST).set_value("/former");
  world.farm().farm().file.cache.virtual_host = "/new";
  world.RunWhole(world.farm().farm().MovePlan("fe2", 1, plan::v1::MOVE_CONTROLLER_AND_CACHE));
  ASSERT_EQ(world.Former().run.phase(), plan::v1::RUN_SUCCEEDED);
  ASSERT_EQ(world.farm().farm().Setting("fe3", plan::v1::CACHE_VIRTUAL_HOST).value(), "/new");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, PlanFailback(world));
  EXPECT_EQ(plan.old_controller(), "fe2");
  EXPECT_EQ(plan.new_controller(), "fe1");
  EXPECT_EQ(plan.request().procedure(), plan::v1::MOVE_CONTROLLER_AND_CACHE);
  EXPECT_EQ(plan.first_irreversible_step(), "service-center/fe1/install");
  EXPECT_THAT(PlanText(plan), HasSubstr("cache.virtual_host: /new -> /former"));
}

// A broker that spoke no TLS before the run speaks none when the role is back there.
TEST(Failback, TakesAMissingKeyForTheFormerValue) {
  UndoWorld world(FarmFor(plan::v1::MOVE_CONTROLLER_AND_CACHE));
  for (const char* host : {"fe1", "fe2", "fe3"}) {
    world.farm().farm().Setting(host, plan::v1::CACHE_TLS).set_missing(true);
    world.farm().farm().Setting(host, plan::v1::CACHE_TLS).set_value("");
  }
  world.farm().farm().file.cache.tls = true;
  world.RunWhole(world.farm().farm().MovePlan("fe2", 1, plan::v1::MOVE_CONTROLLER_AND_CACHE));
  ASSERT_EQ(world.Former().run.phase(), plan::v1::RUN_SUCCEEDED);
  ASSERT_EQ(world.farm().farm().Setting("fe3", plan::v1::CACHE_TLS).value(), "True");
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, PlanFailback(world));
  EXPECT_THAT(PlanText(plan), HasSubstr("cache.tls: True -> \n"));
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      EXPECT_FALSE(step.action().expect_cache().tls()) << step.name();
    }
  }
}

TEST(Failback, SwapsTheGroupsBack) {
  UndoWorld world(FarmFor(plan::v1::ACTIVATE_PASSIVE));
  world.RunWhole(world.farm().farm().SwapPlan());
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan plan, PlanFailback(world));
  EXPECT_THAT(plan.request().activate(), testing::ElementsAre("fe1", "fe2"));
  EXPECT_THAT(plan.request().deactivate(), testing::ElementsAre("fe3", "fe4"));
}

// --- Plans --------------------------------------------------------------------------------------

// Runs on a farm of four front-ends that stop, and the plans that undo them, line by line:
//
//   move|both|swap STEP   carries that procedure out until STEP has ended, then pauses it
//   move|... STEP begun   as above, but the coordinator dies as STEP begins
//   password              the farm file names the cache's password
//   edit HOST             somebody writes the host's configuration file
//   undo [FINDING]        the plan that undoes the run, with a finding accepted
class UndoScript {
 public:
  std::string Run(const std::string& line) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "move") return Begin(plan::v1::MOVE_CONTROLLER, words);
    if (words[0] == "both") return Begin(plan::v1::MOVE_CONTROLLER_AND_CACHE, words);
    if (words[0] == "swap") return Begin(plan::v1::ACTIVATE_PASSIVE, words);
    if (words[0] == "password") {
      password_ = true;
      return "named";
    }
    if (words[0] == "edit") {
      world_->farm().farm().Host(words.at(1)).mutable_configuration()->set_digest(words.at(1));
      return "edited";
    }
    if (words[0] == "undo") return Undo(words);
    return "unknown command";
  }

 private:
  std::string Begin(plan::v1::Procedure procedure, const std::vector<std::string>& words) {
    Farm farm = FarmFor(procedure);
    if (password_) farm.NameCachePassword();
    world_ = std::make_unique<UndoWorld>(farm);
    if (words.size() > 2) {
      world_->RunUntilBegun(PlanFor(farm, procedure), words.at(1));
    } else {
      world_->RunUntilStep(PlanFor(farm, procedure), words.at(1));
    }
    return world_->Former().run.detail();
  }

  std::string Undo(const std::vector<std::string>& words) {
    plan::v1::ProcedureRequest more;
    if (words.size() > 1) {
      more.add_accept(words[1]);
      more.set_reason("the former cache takes it");
    }
    const absl::StatusOr<plan::v1::Plan> plan = world_->PlanUndo(more);
    return plan.ok() ? PlanText(*plan) : plan.status().ToString();
  }

  bool password_ = false;
  std::unique_ptr<UndoWorld> world_;
};

class UndoTranscript : public testing::TestWithParam<const char*> {};

TEST_P(UndoTranscript, ReadsAsWritten) {
  UndoScript script;
  RunTranscript(absl::StrCat(BATON_TRANSCRIPTS, "/undo_", GetParam(), ".txt"),
                [&script](const std::string& line) { return script.Run(line); });
}

INSTANTIATE_TEST_SUITE_P(, UndoTranscript,
                         testing::Values("move_controller", "move_controller_and_cache",
                                         "activate_passive"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace baton
