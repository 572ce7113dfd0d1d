#pragma once

#include <map>
#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/run_state.h"
#include "tests/simulation/agent_node.h"
#include "tests/simulation/coordinator_node.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

// Who asks for a run, looks at it every now and then, and decides when it waits: tries again,
// puts right by hand what a step could not do and vouches for it, pauses, cancels, gives up. Some
// undo what did not succeed. Not thread-safe.
class Person {
 public:
  // Wants what `request` asks for. Borrows all but that.
  Person(World& world, CoordinatorNode& coordinator, Site& site,
         plan::v1::ProcedureRequest request);

  // Begins a little later.
  void Begin();

  // The run; empty if none could be started.
  const std::string& run() const { return run_; }

 private:
  void Later(absl::Duration least, absl::Duration most, void (Person::*step)());
  void AskForPlan();
  void AskForRun();
  void TryToStartAgain();
  void Look();
  // Asks for a run that undoes the one that did not succeed, and looks again later, whatever comes
  // of it.
  void AskForUndo();
  void StartUndo(const plan::v1::Plan& plan);
  void Decide(const engine::RunState& state);
  void AnswerGate(const engine::RunState& state);
  void Ask(journal::v1::Decision decision, const std::string& step = "");
  void PutRight(const plan::v1::Step& step);
  void PutSettingsRight(Machine& machine);
  void MakeCacheByHand();

  World& world_;
  CoordinatorNode& coordinator_;
  Site& site_;
  const plan::v1::ProcedureRequest request_;
  const int decisions_max_;  // after so many the person lets the run rest
  const bool undoes_;        // what did not succeed
  std::string plan_id_;
  std::string confirmation_;
  std::string run_;
  std::string undone_;  // the run that `run_` undoes; empty if it undoes none
  int plans_ = 0;
  int starts_ = 0;
  int decisions_ = 0;
  int licenses_ = 0;
  int undos_ = 0;
};

}  // namespace baton::simulation
