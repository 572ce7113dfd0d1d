#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/address.h"
#include "common/config/daemon_config.h"
#include "common/fs/file_system.h"

namespace baton {

// What `coordinator.yaml` says. Every key has a default.
struct CoordinatorConfig {
  CoordinatorConfig();

  DaemonConfig daemon;
  std::string farm_file = "/etc/baton/farm.yaml";  // key `farm`
  // Where agents find it, key `advertise`; unset: see AdvertisedAddress.
  std::optional<HostPort> advertise;
  // Where operators on the same machine connect; its folder is root's alone.
  std::string socket = "/run/baton-coordinator/coordinator.sock";
};

// Reads it. INVALID_ARGUMENT with line and column for whatever is wrong in it. Relative paths are
// taken from the folder of `file`.
absl::StatusOr<CoordinatorConfig> ParseCoordinatorConfig(absl::string_view file,
                                                         absl::string_view text);

// Where agents find a coordinator of that configuration, `HOST:PORT`: at `advertise`, else where it
// listens, and if that is every address of the machine, at the only one of `own_addresses` that
// others can reach. Empty if that cannot be told. Pure.
std::string AdvertisedAddress(const CoordinatorConfig& config,
                              const std::vector<std::string>& own_addresses);

// Reads the file at `path`. Errors of ReadConfigFile and ParseCoordinatorConfig.
absl::StatusOr<CoordinatorConfig> LoadCoordinatorConfig(FileSystem& fs, const std::string& path);

}  // namespace baton
