#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/daemon_config.h"
#include "common/fs/file_system.h"

namespace baton {

// What `coordinator.yaml` says. Every key has a default.
struct CoordinatorConfig {
  CoordinatorConfig();

  DaemonConfig daemon;
  std::string farm_file = "/etc/baton/farm.yaml";  // key `farm`
  // Where operators on the same machine connect; its folder is root's alone.
  std::string socket = "/run/baton-coordinator/coordinator.sock";
};

// Reads it. INVALID_ARGUMENT with line and column for whatever is wrong in it. Relative paths are
// taken from the folder of `file`.
absl::StatusOr<CoordinatorConfig> ParseCoordinatorConfig(absl::string_view file,
                                                         absl::string_view text);

// Reads the file at `path`. Errors of ReadConfigFile and ParseCoordinatorConfig.
absl::StatusOr<CoordinatorConfig> LoadCoordinatorConfig(FileSystem& fs, const std::string& path);

}  // namespace baton
