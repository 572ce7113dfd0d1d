#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/former_run.h"
#include "coordinator/procedure/step_catalog.h"

namespace baton {

// The request with what follows from the run that it undoes or fails back from: procedure, hosts
// and roles. Errors and REQUIRES as MakePlan, as far as that run is concerned. Pure.
absl::StatusOr<plan::v1::ProcedureRequest> ResolveRequest(const FarmFile& file,
                                                          const plan::v1::ProcedureRequest& request,
                                                          const FormerRun* former);

// Plans a procedure: a pure function of farm file, observation and request, and of the run that the
// request undoes or fails back from. The result lacks plan_id, create_time and actor. A plan whose
// findings forbid it has no stages or must not be run; `Forbidden` tells. INVALID_ARGUMENT for a
// request that names an unknown host or finding, or lacks or contradicts an option;
// FAILED_PRECONDITION if the former run cannot be undone or failed back from; UNIMPLEMENTED for a
// procedure that this version does not have. REQUIRES: `former` is the run that the request names,
// and null if it names none.
absl::StatusOr<plan::v1::Plan> MakePlan(const FarmFile& file,
                                        const plan::v1::Observation& observation,
                                        const plan::v1::ProcedureRequest& request,
                                        const FormerRun* former = nullptr);

// What MakePlan finds in the farm, and which of it the request accepts, without the plan. Errors as
// MakePlan.
absl::StatusOr<std::vector<plan::v1::Finding>> FindTrouble(
    const FarmFile& file, const plan::v1::Observation& observation,
    const plan::v1::ProcedureRequest& request, const FormerRun* former = nullptr);

// The stages of an undo differ from those that would be planned from the same observation now: the
// run that it undoes went on meanwhile. REQUIRES: as MakePlan.
bool IsOutdated(const FarmFile& file, const plan::v1::Plan& undo, const FormerRun& former);

// The findings that forbid a run: errors that were not accepted.
std::vector<plan::v1::Finding> Forbidding(const std::vector<plan::v1::Finding>& findings);

}  // namespace baton
