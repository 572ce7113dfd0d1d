#pragma once

#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Every finding about the farm as it stands, whatever is to be done with it: that of no candidate
// and no procedure, and that of the cache where one of the farm's hosts has it. Heaviest first.
// Pure.
std::vector<plan::v1::Finding> FindStanding(const ObservedFarm& farm);

// Every finding about a failover that may come, each once, heaviest first. With a host in
// `request.to`, for that one; without, for every host that could get the Deployment Controller.
// With a procedure, for that one; without, for every one that the farm is made for: the cache's
// where one of its hosts has it, the groups' where a front-end is passive. Pure.
std::vector<plan::v1::Finding> FindReadiness(const ObservedFarm& farm,
                                             const plan::v1::ProcedureRequest& request);

}  // namespace baton
