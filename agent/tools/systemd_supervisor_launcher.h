#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "agent/tools/supervisor_launcher.h"

namespace baton {

// The transient unit in which systemd runs the supervisor of the tool with this folder:
// `baton-tool-NAME.service`.
std::string SupervisorUnitOf(absl::string_view tool_folder);

// Starts every supervisor as a transient systemd unit of its own, in system.slice and so outside
// the agent's control group: stopping, killing or upgrading the agent's unit does not reach it.
// What a tool leaves behind ends with its unit. Talks to systemd over the system's D-Bus.
class SystemdSupervisorLauncher : public SupervisorLauncher {
 public:
  // `program` is the absolute path of baton-agent.
  explicit SystemdSupervisorLauncher(std::string program) : program_(std::move(program)) {}

  // Besides the errors of the interface: ALREADY_EXISTS if the unit is there already,
  // PERMISSION_DENIED if systemd does not take orders from this user.
  absl::Status Launch(const std::string& tool_folder, int input_fd) override;

 private:
  const std::string program_;
};

}  // namespace baton
