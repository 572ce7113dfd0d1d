#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/config/config_node.h"

namespace baton {

// Values that only one entry of a list may have, and the line of the entry that has it.
class UniqueValues {
 public:
  // Takes the value of an entry; INVALID_ARGUMENT, at `node`, if an earlier one has it.
  absl::Status Add(const ConfigNode& node, const std::string& canonical) {
    const auto [seen, is_new] = lines_.emplace(canonical, node.line());
    if (is_new) return absl::OkStatus();
    return node.Error(absl::StrCat("\"", canonical, "\" is already taken at line ", seen->second));
  }

 private:
  std::map<std::string, int> lines_;
};

}  // namespace baton
