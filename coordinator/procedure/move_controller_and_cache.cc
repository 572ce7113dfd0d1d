#include "coordinator/procedure/move_controller_and_cache.h"

#include <string>

#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/license_stages.h"
#include "coordinator/procedure/move_stages.h"

namespace baton {

void PlanMoveControllerAndCache(const ObservedFarm& farm, const ObservedFarm* former,
                                plan::v1::Plan& plan) {
  plan.mutable_assignment()->set_controller(plan.new_controller());
  plan.mutable_assignment()->set_cache(plan.new_controller());
  const std::string& to = plan.new_controller();
  const CacheMove move = PlanCacheMove(farm, to, ModelOfCache(farm, to), former);
  FillIn(MoveStages(farm, plan, move), LicenseStages(farm, plan), plan);
}

}  // namespace baton
