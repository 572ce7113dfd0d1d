#include "coordinator/procedure/move_controller_and_cache.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
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
  const MoveStages stages(farm, plan, PlanCacheMove(farm, plan.new_controller(), model));
  for (plan::v1::Stage& stage : stages.All()) *plan.add_stages() = std::move(stage);
  plan.set_first_irreversible_step(
      absl::StrCat("service-center/", plan.new_controller(), "/install"));
  for (const absl::string_view line : kByHand) plan.add_by_hand(std::string(line));
}

}  // namespace baton
