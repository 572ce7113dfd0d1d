#include "common/daemon/daemon.h"
#include "common/fs/file_system.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/version/version.h"
#include "coordinator/config/coordinator_config.h"
#include "coordinator/coordinator.h"
#include "coordinator/journal/sqlite_journal.h"

int main(int argc, char** argv) {
  const baton::DaemonProgram program = {
      "baton-coordinator", baton::Version(), "/etc/baton/coordinator.yaml",
      [](const std::string& path) -> absl::StatusOr<std::unique_ptr<baton::Daemon>> {
        ASSIGN_OR_RETURN(const baton::CoordinatorConfig config,
                         baton::LoadCoordinatorConfig(baton::PosixFileSystem(), path));
        RETURN_IF_ERROR(baton::ConfigureLog(config.daemon.log));
        return baton::StartCoordinator(config, baton::OpenSqliteJournal);
      }};
  return baton::RunDaemon(argc, argv, program);
}
