#include "deploy/lab/standin/machine_config.h"

#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kDatabaseSection = "PlatformDatabaseConfiguration";
constexpr absl::string_view kCacheSection = "CacheInvalidationConfiguration";

// The rows that both the file of settings and machine.config are read and written by.
struct PortRow {
  absl::string_view name;  // in machine.config
  absl::string_view section;
  absl::string_view key;
  uint16_t MachineConfig::*member;
  bool optional = false;  // came after OutSystems 10; 0 is none
};

constexpr PortRow kPorts[] = {
    {"controller_port", "ServiceConfiguration", "CompilerServerPort",
     &MachineConfig::controller_port},
    {"controller_rest_port", "ServiceConfiguration", "CompilerServiceRESTPort",
     &MachineConfig::controller_rest_port, true},
    {"deployment_port", "ServiceConfiguration", "DeploymentServerPort",
     &MachineConfig::deployment_port},
    {"deployment_rest_port", "ServiceConfiguration", "DeployServiceRESTPort",
     &MachineConfig::deployment_rest_port, true},
    {"scheduler_port", "ServiceConfiguration", "SchedulerServerPort",
     &MachineConfig::scheduler_port},
    {"scheduler_rest_port", "ServiceConfiguration", "SchedulerRESTPort",
     &MachineConfig::scheduler_rest_port, true},
    {"application_port", "ServerConfiguration", "ApplicationServerPort",
     &MachineConfig::application_port},
};

struct TextRow {
  absl::string_view name;
  std::string MachineConfig::*member;
};

constexpr TextRow kTexts[] = {
    {"controller_host", &MachineConfig::controller_host},
    {"database", &MachineConfig::database},
    {"connection_string", &MachineConfig::connection_string},
    {"outgoing_address", &MachineConfig::outgoing_address},
};

absl::StatusOr<uint16_t> ParsePort(absl::string_view name, absl::string_view text) {
  int port = 0;
  if (!absl::SimpleAtoi(text, &port) || port < 1 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": \"", text, "\" is not a port"));
  }
  return static_cast<uint16_t>(port);
}

absl::StatusOr<std::string> Required(const Hsconf& hsconf, absl::string_view section,
                                     absl::string_view key) {
  std::string value = hsconf.Value(section, key);
  if (value.empty() || value.find_first_of(" \t\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(section, "/", key, ": \"", value, "\" is not a valid value"));
  }
  return value;
}

// Everything in a database section that must be equal in the farm, letter case included.
std::string ConnectionStringOf(const Hsconf& hsconf) {
  std::string text;
  for (const absl::string_view key :
       {"Server", "Catalog", "AdminUser", "RuntimeUser", "UsedAuthenticationMode",
        "RuntimeAdvancedSettings", "ServicesAdvancedSettings"}) {
    absl::StrAppend(&text, key, "=", hsconf.Value(kDatabaseSection, key), ";");
  }
  return text;
}

// OutSystems 10 has no cache invalidation service.
absl::Status CheckCache(const Hsconf& hsconf) {
  if (hsconf.FindSection(kCacheSection) == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(Required(hsconf, kCacheSection, "ServiceHost").status());
  return ParsePort(absl::StrCat(kCacheSection, "/ServicePort"),
                   hsconf.Value(kCacheSection, "ServicePort"))
      .status();
}

}  // namespace

absl::StatusOr<MachineConfig> MachineConfigOf(const Hsconf& hsconf) {
  MachineConfig config;
  for (const PortRow& row : kPorts) {
    const std::string value = hsconf.Value(row.section, row.key);
    if (row.optional && value.empty()) continue;
    ASSIGN_OR_RETURN(config.*row.member, ParsePort(absl::StrCat(row.section, "/", row.key), value));
  }
  ASSIGN_OR_RETURN(config.controller_host,
                   Required(hsconf, "ServiceConfiguration", "CompilerServerHostname"));
  ASSIGN_OR_RETURN(config.database, Required(hsconf, kDatabaseSection, "Server"));
  RETURN_IF_ERROR(Required(hsconf, kDatabaseSection, "Catalog").status());
  RETURN_IF_ERROR(CheckCache(hsconf));
  config.connection_string = ConnectionStringOf(hsconf);
  config.outgoing_address = hsconf.Value("NetworkConfiguration", "OutgoingIPAddress");
  return config;
}

std::string FormatMachineConfig(const MachineConfig& config) {
  std::string text;
  for (const TextRow& row : kTexts) {
    absl::StrAppend(&text, row.name, "=", config.*row.member, "\n");
  }
  for (const PortRow& row : kPorts) {
    absl::StrAppend(&text, row.name, "=", config.*row.member, "\n");
  }
  return text;
}

absl::StatusOr<MachineConfig> ParseMachineConfig(absl::string_view text) {
  std::map<std::string, std::string> values;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (parts.size() != 2) {
      return absl::InvalidArgumentError(absl::StrCat("not a setting: \"", line, "\""));
    }
    values[parts[0]] = parts[1];
  }
  MachineConfig config;
  for (const TextRow& row : kTexts) {
    const auto found = values.find(std::string(row.name));
    if (found == values.end()) {
      return absl::InvalidArgumentError(absl::StrCat(row.name, " is missing"));
    }
    config.*row.member = found->second;
  }
  for (const PortRow& row : kPorts) {
    const std::string& value = values[std::string(row.name)];
    if (row.optional && value == "0") continue;
    ASSIGN_OR_RETURN(config.*row.member, ParsePort(row.name, value));
  }
  return config;
}

}  // namespace baton::standin
