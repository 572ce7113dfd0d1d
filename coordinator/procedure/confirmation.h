#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// What a person types to begin a run of the plan: the name of the host that gets the Deployment
// Controller, or that pays what it owes, or the farm's where neither does. Needs request, farm and
// new Deployment Controller only.
const std::string& ConfirmationOf(const plan::v1::Plan& plan);

// What that is the name of: "new Deployment Controller", "host that pays what it owes" or "farm".
absl::string_view ConfirmationTitle(const plan::v1::Plan& plan);

}  // namespace baton
