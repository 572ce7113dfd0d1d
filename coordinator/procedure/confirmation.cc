#include "coordinator/procedure/confirmation.h"

namespace baton {
namespace {

bool MovesController(const plan::v1::Plan& plan) {
  return plan.request().procedure() != plan::v1::ACTIVATE_PASSIVE;
}

}  // namespace

const std::string& ConfirmationOf(const plan::v1::Plan& plan) {
  if (!plan.request().pays().empty()) return plan.request().pays();
  return MovesController(plan) ? plan.new_controller() : plan.farm_id();
}

absl::string_view ConfirmationTitle(const plan::v1::Plan& plan) {
  if (!plan.request().pays().empty()) return "host that pays what it owes";
  return MovesController(plan) ? "new Deployment Controller" : "farm";
}

}  // namespace baton
