#pragma once

#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks against a run in the tries that the observation has of it: ports that hosts do not
// reach, one finding a host that they are of, and databases, one finding a database. Nothing where
// nothing was tried. Pure.
std::vector<plan::v1::Finding> FindReachTrouble(const ObservedFarm& farm);

}  // namespace baton
