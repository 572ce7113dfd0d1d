#pragma once

#include <string>

#include "absl/status/status.h"

namespace baton {

// Starts the supervisor program so that it outlives the agent, its restarts and upgrades included.
// Thread-safe.
class SupervisorLauncher {
 public:
  virtual ~SupervisorLauncher() = default;

  // Starts `PROGRAM supervise TOOL_FOLDER` with `input_fd` as its standard input. Returns when it
  // was started or has been handed to the service manager; the supervisor itself reports through
  // the tool's folder. NOT_FOUND or PERMISSION_DENIED if the program cannot be executed,
  // UNAVAILABLE if the service manager does not answer.
  virtual absl::Status Launch(const std::string& tool_folder, int input_fd) = 0;
};

}  // namespace baton
