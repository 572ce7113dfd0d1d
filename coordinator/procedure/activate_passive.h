#pragma once

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Fills in stages and what follows from them for activating and deactivating the hosts of
// `plan.request()` (the vendor's procedure "Activate a passive front-end in active/passive
// installations"). The Deployment Controller stays where it is, so no assignment is published; and
// nothing in it is irreversible. A request without hosts gives no stages. REQUIRES: every host was
// observed. Pure.
void PlanActivatePassive(const ObservedFarm& farm, plan::v1::Plan& plan);

}  // namespace baton
