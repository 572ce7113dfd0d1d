#include "coordinator/runtime/assignment_book.h"

namespace baton {

void AssignmentBook::Take(const journal::v1::Record& record, const engine::RunState& run) {
  if (record.has_adopted()) newest_ = record.adopted().assignment();
  if (!record.has_step_finished() || record.step_finished().state() != plan::v1::SUCCEEDED) return;
  const absl::StatusOr<size_t> index = run.FindStep(record.step_finished().step());
  if (!index.ok()) return;
  const plan::v1::Action& action = run.ledger(*index).step->action();
  if (action.kind_case() != plan::v1::Action::kSetAssignment) return;
  newest_ = run.plan().assignment();
  newest_.set_epoch(run.run().epoch());
  newest_.set_run(run.run().run());
  newest_.set_state(action.set_assignment());
}

}  // namespace baton
