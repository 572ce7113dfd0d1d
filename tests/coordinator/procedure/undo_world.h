#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/former_run.h"
#include "tests/support/engine_loop.h"
#include "tests/support/fake_farm.h"
#include "tests/support/fake_journal.h"

namespace baton {

// A farm, a run on it that stands still somewhere, and the run that undoes it. Each of the two has
// a journal of its own: what both do to the farm is what counts. Not thread-safe.
class UndoWorld {
 public:
  explicit UndoWorld(Farm farm) : before_(farm), farm_(std::move(farm)) {}

  // Carries the plan out until the coordinator dies at the `number`th append, then pauses the run.
  // Returns false if it was done before.
  bool RunUntilAppend(const plan::v1::Plan& plan, uint64_t number, EngineLoop::Death death);

  // Carries the plan out until the step has ended, then pauses the run.
  void RunUntilStep(const plan::v1::Plan& plan, const std::string& step);

  // Carries the plan out until the step has begun; the coordinator dies before the host hears of
  // it, and whoever comes back pauses the run.
  void RunUntilBegun(const plan::v1::Plan& plan, const std::string& step);

  // Carries the whole plan out.
  void RunWhole(const plan::v1::Plan& plan);

  // The run as its journal tells it.
  FormerRun Former();

  // The plan that undoes it. Errors as MakePlan.
  absl::StatusOr<plan::v1::Plan> PlanUndo(const plan::v1::ProcedureRequest& more = {});

  // Carries an undo out.
  plan::v1::Run Undo(const plan::v1::Plan& plan);

  // What is not as it was before the run, a line each; empty if all is.
  std::string Differences();

  FakeFarm& farm() { return farm_; }

 private:
  // Answers calls until the step is in a state that `is_there` accepts.
  void RunUntil(const plan::v1::Plan& plan, const std::string& step,
                bool (*is_there)(plan::v1::StepState state));

  const Farm before_;
  FakeFarm farm_;
  FakeJournal journal_;
  FakeJournal undo_journal_;
  EngineLoop loop_{journal_, farm_, absl::FromUnixSeconds(1714564800)};
};

}  // namespace baton
