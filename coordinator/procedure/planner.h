#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/step_catalog.h"

namespace baton {

// Plans a procedure: a pure function of farm file, observation and request. The result lacks
// plan_id, create_time and actor. A plan whose findings forbid it has no stages or must not be run;
// `Forbidden` tells. INVALID_ARGUMENT for a request that names an unknown host or finding, or lacks
// or contradicts an option; UNIMPLEMENTED for a procedure that this version does not have.
absl::StatusOr<plan::v1::Plan> MakePlan(const FarmFile& file,
                                        const plan::v1::Observation& observation,
                                        const plan::v1::ProcedureRequest& request);

// What MakePlan finds in the farm, and which of it the request accepts, without the plan. Errors as
// MakePlan.
absl::StatusOr<std::vector<plan::v1::Finding>> FindTrouble(
    const FarmFile& file, const plan::v1::Observation& observation,
    const plan::v1::ProcedureRequest& request);

// The findings that forbid a run: errors that were not accepted.
std::vector<plan::v1::Finding> Forbidding(const std::vector<plan::v1::Finding>& findings);

}  // namespace baton
