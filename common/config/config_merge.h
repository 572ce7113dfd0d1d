#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/config/config_node.h"

namespace baton {

// Lays `overlay` over `base`: maps are merged by key, everything else that the overlay has replaces
// what the base has there. `list_keys` maps the path of a list in the document ("services") to the
// key that names its elements ("service"): such lists are merged by that name, with elements that
// only the overlay has at the end. Every value keeps the file and line that it came from.
//
// INVALID_ARGUMENT if an element of such a list in the overlay lacks its name, or has that of an
// element before it.
absl::StatusOr<ConfigNode> MergeConfig(const ConfigNode& base, const ConfigNode& overlay,
                                       const std::map<std::string, std::string>& list_keys);

}  // namespace baton
