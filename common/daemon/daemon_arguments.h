#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace baton {

// The command line of a daemon.
struct DaemonArguments {
  std::string config;  // empty when not given
  bool help = false;
  bool version = false;
};

// Reads the arguments that follow the program's name. INVALID_ARGUMENT for one that is unknown,
// given twice or incomplete.
absl::StatusOr<DaemonArguments> ParseDaemonArguments(const std::vector<std::string>& arguments);

}  // namespace baton
