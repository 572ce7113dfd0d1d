#pragma once

#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks against a run because of the hooks of the farm file that belong to `procedure`; all
// of them if it is not set. Pure.
std::vector<plan::v1::Finding> FindHookTrouble(const ObservedFarm& farm,
                                               plan::v1::Procedure procedure);

}  // namespace baton
