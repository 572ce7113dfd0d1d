#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/former_run.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// The run that the request undoes or fails back from, as its records tell it; nothing if it names
// none. NOT_FOUND if there is no such run; INVALID_ARGUMENT if it names two.
absl::StatusOr<std::optional<FormerRun>> ReadFormerRun(RunBook& book,
                                                       const plan::v1::ProcedureRequest& request);

// The same, as it was when the run that `start` begins was planned, but for who adopted what since.
// For replays.
absl::StatusOr<std::optional<FormerRun>> ReadFormerRunBefore(
    RunBook& book, const plan::v1::ProcedureRequest& request, const journal::v1::Record& start);

// The same, for the planner: null if there is none.
inline const FormerRun* PointerTo(const std::optional<FormerRun>& former) {
  return former.has_value() ? &*former : nullptr;
}

}  // namespace baton
