#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/former_run.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Undoing a run: the farm goes back to what the run's observation showed, step by step, and only
// where the run changed something. What the run captured decides, not what a plan of today would
// say. Pure.

// The request with everything that it takes over from the run that it undoes. INVALID_ARGUMENT if
// it says otherwise; FAILED_PRECONDITION as CheckUndo, and if the farm file lacks a host of the
// run.
absl::StatusOr<plan::v1::ProcedureRequest> ResolveUndo(const FarmFile& file,
                                                       const plan::v1::ProcedureRequest& request,
                                                       const FormerRun& former);

// What speaks against the undo, heaviest first: what speaks against any procedure, but for what is
// to be expected of a farm that a run left half-way, and what cannot be taken back.
std::vector<plan::v1::Finding> FindUndoTrouble(const ObservedFarm& farm, const FormerRun& former);

// Fills in which host gives the roles back, which one gets them, and the hosts in order. REQUIRES:
// the request was resolved.
void SetUndoRoles(const ObservedFarm& farm, const FormerRun& former, plan::v1::Plan& plan);

// Fills in assignment and stages. REQUIRES: the roles are set, and every host was observed.
void PlanUndo(const ObservedFarm& farm, const FormerRun& former, plan::v1::Plan& plan);

}  // namespace baton
