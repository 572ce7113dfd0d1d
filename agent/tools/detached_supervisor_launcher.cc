#include "agent/tools/detached_supervisor_launcher.h"

#include "common/process/process.h"

namespace baton {

absl::Status DetachedSupervisorLauncher::Launch(const std::string& tool_folder, int input_fd) {
  ProcessCommand command;
  command.argv = {program_, "supervise", tool_folder};
  command.input_fd = input_fd;
  return SpawnDetached(command);
}

}  // namespace baton
