// Any bytes as a file of Baton's own: farm, agent, Baton coordinator and profile. The first byte
// chooses which; the rest is the file. Whatever is refused is refused with a message that names the
// file, and what is accepted keeps its promises.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/config/agent_config.h"
#include "agent/profile/build_command.h"
#include "agent/profile/builtin_profiles.h"
#include "agent/profile/profile_parser.h"
#include "common/config/config_parser.h"
#include "coordinator/config/coordinator_config.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {
namespace {

constexpr char kFile[] = "f.yaml";

void Require(bool condition) {
  if (!condition) std::abort();
}

void RequireExplained(const absl::Status& status) {
  Require(absl::IsInvalidArgument(status));
  // A value that an overlay leaves wrong may stand in the built-in profile below it.
  bool placed = absl::StartsWith(status.message(), kFile);
  for (const BuiltinProfile& builtin : BuiltinProfiles()) {
    placed = placed || absl::StartsWith(status.message(), absl::StrCat(builtin.name, ":"));
  }
  Require(placed);
  Require(!absl::StrContains(status.message(), '\0'));
}

void Walk(const ConfigNode& node, int depth) {
  Require(depth <= kConfigDepthMax + 1);
  RequireExplained(node.Expected("something else"));
  for (const ConfigNode& element : node.List().value_or(std::vector<ConfigNode>())) {
    Walk(element, depth + 1);
  }
  std::set<std::string> keys;
  for (const ConfigEntry& entry : node.Map().value_or(std::vector<ConfigEntry>())) {
    Require(keys.insert(entry.key).second);
    Walk(entry.value, depth + 1);
  }
}

void ReadDocument(const std::string& text) {
  const absl::StatusOr<ConfigNode> node = ParseConfig(kFile, text);
  if (node.ok()) return Walk(*node, 0);
  RequireExplained(node.status());
}

void ReadFarm(const std::string& text) {
  const absl::StatusOr<FarmFile> farm = ParseFarmFile(kFile, text);
  if (!farm.ok()) return RequireExplained(farm.status());
  Require(!farm->hosts.empty() && farm->bytes == text && farm->digest.size() == 32);
  for (const FarmHost& host : farm->hosts) {
    Require(farm->Find(host.name) == &host && IsAddress(host.platform_address));
    Require(host.agent_address.port != 0);
  }
}

void ReadProfile(const std::string& text) {
  const absl::StatusOr<Profile> profile = ResolveProfile(kFile, text, {});
  if (!profile.ok()) return RequireExplained(profile.status());
  for (const ToolSpec& tool : profile->tools) {
    std::map<std::string, std::string> arguments;
    for (const auto& parameter : tool.parameters) arguments.emplace(parameter.name(), "value");
    Require(BuildCommand(tool, arguments)->size() == tool.command.size());
  }
}

void ReadDaemons(const std::string& text) {
  const absl::StatusOr<AgentConfig> agent = ParseAgentConfig(kFile, text);
  if (!agent.ok()) RequireExplained(agent.status());
  const absl::StatusOr<CoordinatorConfig> coordinator = ParseCoordinatorConfig(kFile, text);
  if (!coordinator.ok()) RequireExplained(coordinator.status());
}

}  // namespace
}  // namespace baton

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  switch (data[0] % 4) {
    case 0:
      baton::ReadDocument(text);
      break;
    case 1:
      baton::ReadFarm(text);
      break;
    case 2:
      baton::ReadProfile(text);
      break;
    default:
      baton::ReadDaemons(text);
  }
  return 0;
}
