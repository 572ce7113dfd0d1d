#include "agent/config/agent_config.h"

#include <vector>

#include "absl/strings/match.h"
#include "common/config/config_fields.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusOr<std::string> ParseProfileReference(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::string text, node.Text());
  const bool path = text.find_first_of("/\\") != std::string::npos || absl::EndsWith(text, ".yaml");
  return path ? config::Path(node) : config::Name(node);
}

}  // namespace

AgentConfig::AgentConfig() {
  daemon.listen = {"0.0.0.0", kAgentPort};
  daemon.state_dir = "/var/lib/baton-agent";
}

std::string ServiceAddress(const AgentConfig& config) {
  const std::string& host = config.daemon.listen.host;
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

std::string PlatformListenAddress(const AgentConfig& config) {
  const std::string& host = config.daemon.listen.host;
  const bool loopback = host == "localhost" || host == "::1" || absl::StartsWith(host, "127.");
  if (loopback) return host;
  return absl::StrContains(host, ':') ? "::" : "0.0.0.0";
}

absl::StatusOr<AgentConfig> ParseAgentConfig(absl::string_view file, absl::string_view text) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig(file, text));
  AgentConfig agent;
  std::vector<config::Field> fields = {
      config::Required("farm_id", &agent.farm_id, config::Name),
      config::Required("name", &agent.name, config::Name),
      config::Required("backend", &agent.backend,
                       config::OneOf<Backend>({{"systemd", Backend::kSystemd},
                                               {"windows", Backend::kWindows},
                                               {"outsystems-java", Backend::kOutsystemsJava},
                                               {"standin", Backend::kStandin}})),
      config::Required("profile", &agent.profile, ParseProfileReference),
      config::Optional("variables", &agent.variables, config::MapOf(config::Text))};
  for (const config::Field& field : DaemonFields(&agent.daemon)) fields.push_back(field);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return agent;
}

absl::StatusOr<AgentConfig> LoadAgentConfig(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadConfigFile(fs, path));
  return ParseAgentConfig(path, text);
}

}  // namespace baton
