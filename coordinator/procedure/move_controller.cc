#include "coordinator/procedure/move_controller.h"

#include <optional>

#include "coordinator/procedure/license_stages.h"
#include "coordinator/procedure/move_stages.h"

namespace baton {

void PlanMoveController(const ObservedFarm& farm, plan::v1::Plan& plan) {
  plan.mutable_assignment()->set_controller(plan.new_controller());
  plan.mutable_assignment()->set_cache(farm.NewestAssignment().cache());
  FillIn(MoveStages(farm, plan, std::nullopt), LicenseStages(farm, plan), plan);
}

}  // namespace baton
