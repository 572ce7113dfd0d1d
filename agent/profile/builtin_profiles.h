#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace baton {

// A profile that is part of the program: the text of agent/profile/builtin/NAME.yaml.
struct BuiltinProfile {
  absl::string_view name;
  absl::string_view text;
};

// All of them, sorted by name. Made by CMake. Thread-safe.
const std::vector<BuiltinProfile>& BuiltinProfiles();

}  // namespace baton
