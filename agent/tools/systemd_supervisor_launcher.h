#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "agent/tools/supervisor_launcher.h"

namespace baton {

// The transient unit in which systemd runs the supervisor of the tool with this folder:
// `baton-tool-NAME.service`.
std::string SupervisorUnitOf(absl::string_view tool_folder);

// What becomes of the processes that a tool leaves behind in its unit.
enum class LeftInUnit {
  kKilled,  // with the end of the tool, as systemd does
  kKept,    // the tool is an init script, or runs some, and these are the services
};

// Whether systemd started this very process, so that it lives in a unit's control group.
bool StartedBySystemd();

// Starts every supervisor as a transient systemd unit of its own, in system.slice and so outside
// the agent's control group: stopping, killing or upgrading the agent's unit does not reach it.
// Talks to systemd over the system's D-Bus.
//
// With kKept a unit lasts for as long as what was left in it, and another tool of the same name
// could not have it: unit names end with the time then, as in `baton-tool-NAME-TIME.service`.
class SystemdSupervisorLauncher : public SupervisorLauncher {
 public:
  // `program` is the absolute path of baton-agent.
  explicit SystemdSupervisorLauncher(std::string program, LeftInUnit left = LeftInUnit::kKilled)
      : program_(std::move(program)), left_(left) {}

  // Besides the errors of the interface: ALREADY_EXISTS if the unit is there already,
  // PERMISSION_DENIED if systemd does not take orders from this user.
  absl::Status Launch(const std::string& tool_folder, int input_fd) override;

 private:
  const std::string program_;
  const LeftInUnit left_;
};

}  // namespace baton
