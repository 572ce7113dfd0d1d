#include "coordinator/procedure/move_controller_and_cache.h"

#include <string>

#include "absl/strings/string_view.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/move_stages.h"

namespace baton {
namespace {

// The vendor's lines that this version leaves to people. Until the last of them is done, modules
// still speak to the old cache.
constexpr absl::string_view kByHand[] = {
    "P3.5 In the licensing portal, obtain a new license (optional)",
    "P3.6 In Service Center, install the new OutSystems license",
    "P3.7 In Service Center, republish all applications: until then they use the old cache",
};

}  // namespace

void PlanMoveControllerAndCache(const ObservedFarm& farm, plan::v1::Plan& plan) {
  plan.mutable_assignment()->set_controller(plan.new_controller());
  plan.mutable_assignment()->set_cache(plan.new_controller());
  const std::string& model =
      plan.old_controller().empty() ? plan.new_controller() : plan.old_controller();
  FillIn(MoveStages(farm, plan, PlanCacheMove(farm, plan.new_controller(), model)), kByHand, plan);
}

}  // namespace baton
