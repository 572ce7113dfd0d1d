#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/config_node.h"

namespace baton {

inline constexpr size_t kProfileVariablesMax = 64;

// How a place for a value that comes with a call begins: "${argument.NAME}".
inline constexpr absl::string_view kArgumentOpen = "${argument.";

// Whether `name` may name a variable or a value: it is made of a-z, 0-9 and '_', and not empty.
bool IsVariableName(absl::string_view name);

// The variables of a profile: "${NAME}" in its paths, units and arguments stands for their value.
// Values are taken as they are, never looked through for variables.
class Variables {
 public:
  // INVALID_ARGUMENT, at `node`, for a name that is not made of a-z, 0-9 and '_', a value with "${"
  // in it, or more than kProfileVariablesMax. `node` is a map from names to text.
  static absl::StatusOr<Variables> Parse(const ConfigNode& node);

  // Gives variables other values. INVALID_ARGUMENT for a name that the profile does not have,
  // listing those that it has, and for a value with "${" in it.
  absl::Status Override(const std::map<std::string, std::string>& values);

  // The text of `node` with its variables replaced. INVALID_ARGUMENT, at `node`, for an unknown
  // variable and for "${" without an end.
  absl::StatusOr<std::string> Expand(const ConfigNode& node) const;

  // As Expand, but leaves each "${argument.NAME}", whose value comes with a call, and adds NAME to
  // `arguments`.
  absl::StatusOr<std::string> ExpandArgument(const ConfigNode& node,
                                             std::vector<std::string>* arguments) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace baton
