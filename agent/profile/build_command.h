#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/profile/profile.h"

namespace baton {

// The argument list to run `tool` with: its command with the values of a call in their places. A
// value stays one argument, or part of one, whatever it holds. INVALID_ARGUMENT for a value that is
// missing, that the tool does not take, or that has a zero byte; values are never in the message,
// since some are secrets.
absl::StatusOr<std::vector<std::string>> BuildCommand(
    const ToolSpec& tool, const std::map<std::string, std::string>& arguments);

}  // namespace baton
