#pragma once

#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks against a run because of hooks of the farm file: those of the request's procedure
// whose stage such a run has, an undo or not; all of them if it names no procedure. One that only
// warns refuses nothing. Pure.
std::vector<plan::v1::Finding> FindHookTrouble(const ObservedFarm& farm,
                                               const plan::v1::ProcedureRequest& request);

}  // namespace baton
