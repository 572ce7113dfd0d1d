#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/daemon_config.h"
#include "common/fs/file_system.h"

namespace baton {

// What drives the services of a host.
enum class Backend { kSystemd, kWindows, kOutsystemsJava, kStandin };

// What `agent.yaml` says. `farm_id`, `name`, `backend` and `profile` must stand there.
struct AgentConfig {
  AgentConfig();

  DaemonConfig daemon;
  std::string farm_id;
  std::string name;  // the host's name in the farm file
  Backend backend = Backend::kSystemd;
  // Name of a built-in profile, or the path of one (what has a slash, a backslash or ends in
  // .yaml).
  std::string profile;
  std::map<std::string, std::string> variables;  // replace those of the profile
};

// Where the agent looks for the platform's services: where it listens itself; on every address
// means on loopback too.
std::string ServiceAddress(const AgentConfig& config);

// What the platform's services listen on, as far as Baton can tell: every address of the machine,
// of the family that the agent listens on. Where that is loopback, hosts of a lab share a machine,
// and it is the agent's own address.
std::string PlatformListenAddress(const AgentConfig& config);

// Reads it. INVALID_ARGUMENT with line and column for whatever is wrong in it. Relative paths are
// taken from the folder of `file`. Whether the profile exists and has the variables is not looked
// at.
absl::StatusOr<AgentConfig> ParseAgentConfig(absl::string_view file, absl::string_view text);

// Reads the file at `path`. Errors of ReadConfigFile and ParseAgentConfig.
absl::StatusOr<AgentConfig> LoadAgentConfig(FileSystem& fs, const std::string& path);

}  // namespace baton
