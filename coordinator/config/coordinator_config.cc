#include "coordinator/config/coordinator_config.h"

#include <vector>

#include "common/config/config_fields.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusOr<std::optional<HostPort>> Advertised(const ConfigNode& node) {
  ASSIGN_OR_RETURN(HostPort address, config::HostAndMaybePort(node, kCoordinatorPort));
  return address;
}

bool IsEveryAddress(const std::string& host) {
  return host == "0.0.0.0" || CanonicalAddress(host) == CanonicalAddress("::");
}

}  // namespace

CoordinatorConfig::CoordinatorConfig() {
  daemon.listen = {"0.0.0.0", kCoordinatorPort};
  daemon.state_dir = "/var/lib/baton-coordinator";
}

absl::StatusOr<CoordinatorConfig> ParseCoordinatorConfig(absl::string_view file,
                                                         absl::string_view text) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig(file, text));
  CoordinatorConfig coordinator;
  std::vector<config::Field> fields = DaemonFields(&coordinator.daemon);
  fields.push_back(config::Optional("farm", &coordinator.farm_file, config::Path));
  fields.push_back(config::Optional("advertise", &coordinator.advertise, Advertised));
  fields.push_back(config::Optional("socket", &coordinator.socket, config::Path));
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return coordinator;
}

std::string AdvertisedAddress(const CoordinatorConfig& config,
                              const std::vector<std::string>& own_addresses) {
  if (config.advertise.has_value()) return config.advertise->ToString();
  const HostPort& listen = config.daemon.listen;
  if (!IsEveryAddress(listen.host)) return listen.ToString();
  std::vector<std::string> reachable;
  for (const std::string& address : own_addresses) {
    if (!IsLoopbackAddress(address)) reachable.push_back(address);
  }
  return reachable.size() == 1 ? HostPort{reachable.front(), listen.port}.ToString() : "";
}

absl::StatusOr<CoordinatorConfig> LoadCoordinatorConfig(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadConfigFile(fs, path));
  return ParseCoordinatorConfig(path, text);
}

}  // namespace baton
