#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Fills in stages, assignment and what follows from them for moving the Deployment Controller to
// `plan.new_controller()` (the vendor's procedure "Move controller and front-end roles to a
// different server"). REQUIRES: every host was observed. Pure.
void PlanMoveController(const ObservedFarm& farm, plan::v1::Plan& plan);

}  // namespace baton
