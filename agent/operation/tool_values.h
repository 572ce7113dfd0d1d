#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/profile.pb.h"

// The values that a call brings for a run of a tool. Pure; no value is ever in a message, since
// some are secrets.
namespace baton {

using ToolValues = std::vector<agent::v1::ToolValue>;

// Limits of a call's values, as the proto states them.
inline constexpr size_t kToolValuesMax = 16;
inline constexpr size_t kToolTextBytesMax = 1000;
inline constexpr size_t kToolSecretBytesMax = 4096;
inline constexpr size_t kToolFileBytesMax = size_t{1} << 20;

// Checks what can be checked without knowing the tool: that no name stands there twice, that each
// has a value, and that values keep to their limits; a text is one line, and neither text nor
// secret holds a zero byte, which no argument can. INVALID_ARGUMENT, naming the parameter.
absl::Status CheckToolValues(const ToolValues& values);

// Checks that there is a value of the right kind for each of the tool's parameters, and no other.
// INVALID_ARGUMENT, naming tool and parameter.
absl::Status MatchToolValues(const plan::v1::ToolProfile& tool, const ToolValues& values);

// The values in words that are equal for equal values: " NAME=VALUE" each, sorted by name. Texts
// are written out, of files stands their SHA-256, and of a secret only that it is one. Part of the
// operation log's format.
std::string ToolValuesText(const ToolValues& values);

}  // namespace baton
