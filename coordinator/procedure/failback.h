#pragma once

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/former_run.h"

namespace baton {

// The request of a failback from a run with everything filled in that follows from the run: the
// same procedure, back to the host that the run took the Deployment Controller from, or with the
// groups swapped back. INVALID_ARGUMENT if the request says otherwise; FAILED_PRECONDITION as
// CheckFailback. Pure.
absl::StatusOr<plan::v1::ProcedureRequest> ResolveFailback(
    const plan::v1::ProcedureRequest& request, const FormerRun& former);

}  // namespace baton
