#include "coordinator/procedure/move_controller.h"

#include <optional>

#include "absl/strings/string_view.h"
#include "coordinator/procedure/move_stages.h"

namespace baton {
namespace {

// The vendor's lines that this version leaves to people.
constexpr absl::string_view kByHand[] = {
    "P2.5 In the licensing portal, obtain a new license (optional)",
    "P2.6 In Service Center, install the new OutSystems license",
    "P2.7 In Service Center, republish all applications",
};

}  // namespace

void PlanMoveController(const ObservedFarm& farm, plan::v1::Plan& plan) {
  plan.mutable_assignment()->set_controller(plan.new_controller());
  plan.mutable_assignment()->set_cache(farm.NewestAssignment().cache());
  FillIn(MoveStages(farm, plan, std::nullopt), kByHand, plan);
}

}  // namespace baton
