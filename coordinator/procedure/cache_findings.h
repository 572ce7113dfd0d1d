#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks against moving the cache to `to`, besides what speaks against moving the Deployment
// Controller. An empty `to` leaves out what depends on it. Pure.
std::vector<plan::v1::Finding> FindCacheTrouble(const ObservedFarm& farm, absl::string_view to);

}  // namespace baton
