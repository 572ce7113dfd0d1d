#pragma once

#include <string>
#include <utility>

#include "agent/tools/supervisor_launcher.h"

namespace baton {

// Starts supervisors as session leaders that are nobody's children. They survive the end of the
// agent, but not that of its control group: under systemd use SystemdSupervisorLauncher.
class DetachedSupervisorLauncher : public SupervisorLauncher {
 public:
  // `program` is the absolute path of baton-agent.
  explicit DetachedSupervisorLauncher(std::string program) : program_(std::move(program)) {}

  absl::Status Launch(const std::string& tool_folder, int input_fd) override;

 private:
  const std::string program_;
};

}  // namespace baton
