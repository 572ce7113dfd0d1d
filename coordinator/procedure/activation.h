#pragma once

#include <vector>

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Which front-ends change group in `activate-passive`, and what speaks against it. Pure.

// Checks a request as far as that can be done without looking at the farm. INVALID_ARGUMENT for a
// host that is not in the farm file, is no front-end or is named twice, and for options of other
// procedures.
absl::Status CheckActivation(const FarmFile& file, const plan::v1::ProcedureRequest& request);

// The request with the hosts filled in, in the farm file's order: those that it names, and if it
// names none, every front-end that is seen passive to activate and every one that is seen active to
// deactivate. What the farm file says of groups does not matter here, but for a lost one whose
// group cannot be seen: it is deactivated unless the farm file says passive. A host that is left
// out is never activated unless it is named. REQUIRES: it was checked.
plan::v1::ProcedureRequest ChooseHosts(const ObservedFarm& farm,
                                       const plan::v1::ProcedureRequest& request);

// What speaks against the activation beside what speaks against any procedure. REQUIRES: the
// request was checked.
std::vector<plan::v1::Finding> FindActivationTrouble(const ObservedFarm& farm,
                                                     const plan::v1::ProcedureRequest& request);

}  // namespace baton
