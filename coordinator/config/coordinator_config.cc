#include "coordinator/config/coordinator_config.h"

#include <vector>

#include "common/config/config_fields.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"

namespace baton {

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
  fields.push_back(config::Optional("socket", &coordinator.socket, config::Path));
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return coordinator;
}

absl::StatusOr<CoordinatorConfig> LoadCoordinatorConfig(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadConfigFile(fs, path));
  return ParseCoordinatorConfig(path, text);
}

}  // namespace baton
