#include <filesystem>
#include <string>

#include "agent/agent.h"
#include "agent/config/agent_config.h"
#include "agent/dialog/dialog_arguments.h"
#include "agent/dialog/dialog_program.h"
#include "agent/tools/supervisor.h"
#include "common/daemon/daemon.h"
#include "common/fs/file_system.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/version/version.h"

int main(int argc, char** argv) {
  // Before anything starts a thread: a supervisor is a process of one thread.
  if (argc == 3 && std::string(argv[1]) == "supervise") return baton::RunSupervisor(argv[2]);
  if (argc >= 2 && argv[1] == baton::kDialogWord) return baton::RunDialog({argv + 2, argv + argc});
  const baton::DaemonProgram program = {
      "baton-agent", baton::Version(), "/etc/baton/agent.yaml",
      [](const std::string& path) -> absl::StatusOr<std::unique_ptr<baton::Daemon>> {
        ASSIGN_OR_RETURN(const baton::AgentConfig config,
                         baton::LoadAgentConfig(baton::PosixFileSystem(), path));
        RETURN_IF_ERROR(baton::ConfigureLog(config.daemon.log));
        return baton::StartAgent(config, std::filesystem::read_symlink("/proc/self/exe"),
                                 baton::PosixFileSystem());
      }};
  return baton::RunDaemon(argc, argv, program);
}
