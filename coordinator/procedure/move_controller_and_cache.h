#pragma once

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Fills in stages, assignment and what follows from them for moving the Deployment Controller and
// the cache to `plan.new_controller()` (the vendor's procedure "Move controller roles and RabbitMQ
// to a different server"). `former` shows the farm of before the run that this one fails back from;
// null for any other. REQUIRES: every host was observed. Pure.
void PlanMoveControllerAndCache(const ObservedFarm& farm, const ObservedFarm* former,
                                plan::v1::Plan& plan);

}  // namespace baton
