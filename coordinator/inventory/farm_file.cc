#include "coordinator/inventory/farm_file.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/config_fields.h"
#include "common/config/config_parser.h"
#include "common/config/daemon_config.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "coordinator/inventory/unique_values.h"

namespace baton {
namespace {

absl::StatusOr<std::optional<Maintenance>> ParseMaintenance(const ConfigNode& node) {
  Maintenance maintenance;
  RETURN_IF_ERROR(
      config::ReadFields(node, {config::Required("since", &maintenance.since, config::Time),
                                config::Required("who", &maintenance.who, config::Text),
                                config::Required("why", &maintenance.why, config::Text)}));
  return maintenance;
}

// Limit of AMQP for names.
constexpr size_t kCacheNameBytesMax = 255;
// As much as an agent takes.
constexpr size_t kToolTextBytesMax = 1000;

// A text of one line that is no longer than that.
auto TextOf(size_t bytes_max) {
  return [bytes_max](const ConfigNode& node) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::string text, node.Text());
    if (text.size() <= bytes_max) return text;
    return node.Error(absl::StrCat(text.size(), " bytes; at most ", bytes_max));
  };
}

absl::StatusOr<CacheSettings> ParseCache(const ConfigNode& node) {
  CacheSettings cache;
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Optional("port", &cache.port, config::Integer<uint16_t>(1, 65535)),
             config::Optional("virtual_host", &cache.virtual_host, TextOf(kCacheNameBytesMax)),
             config::Optional("username", &cache.username, TextOf(kCacheNameBytesMax)),
             config::Optional("tls", &cache.tls, config::Bool),
             config::Optional("tls_name", &cache.tls_name, config::Address)}));
  return cache;
}

// Reads the hosts one after the other and refuses what an earlier host has.
class HostParser {
 public:
  absl::StatusOr<FarmHost> Parse(const ConfigNode& node) {
    FarmHost host;
    RETURN_IF_ERROR(config::ReadFields(
        node,
        {config::Required("name", &host.name, [this](const auto& n) { return Name(n); }),
         config::Optional("front_end", &host.front_end, config::Bool),
         config::Required("agent_address", &host.agent_address,
                          [this](const auto& n) { return AgentAddress(n); }),
         config::Required("platform_address", &host.platform_address,
                          [this](const auto& n) { return PlatformAddress(n); }),
         config::Optional("maintenance", &host.maintenance, ParseMaintenance),
         config::Optional("labels", &host.labels, config::MapOf(config::Text, kHostLabelsMax)),
         // After `front_end`, since fields are read in their order.
         config::Optional("group", &host.group,
                          [&host](const auto& n) { return Group(n, host.front_end); })}));
    return host;
  }

 private:
  static absl::StatusOr<plan::v1::Group> Group(const ConfigNode& node, bool front_end) {
    if (!front_end) return node.Error("only front-ends are in a group");
    return config::OneOf<plan::v1::Group>(
        {{"active", plan::v1::GROUP_ACTIVE}, {"passive", plan::v1::GROUP_PASSIVE}})(node);
  }

  absl::StatusOr<std::string> Name(const ConfigNode& node) {
    ASSIGN_OR_RETURN(std::string name, config::Name(node));
    RETURN_IF_ERROR(names_.Add(node, name));
    return name;
  }

  absl::StatusOr<HostPort> AgentAddress(const ConfigNode& node) {
    ASSIGN_OR_RETURN(HostPort address, config::HostAndMaybePort(node, kAgentPort));
    const HostPort canonical{CanonicalAddress(address.host), address.port};
    RETURN_IF_ERROR(agent_addresses_.Add(node, canonical.ToString()));
    return address;
  }

  absl::StatusOr<std::string> PlatformAddress(const ConfigNode& node) {
    ASSIGN_OR_RETURN(std::string address, config::Address(node));
    RETURN_IF_ERROR(platform_addresses_.Add(node, CanonicalAddress(address)));
    return address;
  }

  UniqueValues names_;
  UniqueValues agent_addresses_;
  UniqueValues platform_addresses_;
};

absl::StatusOr<std::vector<FarmHost>> ParseHosts(const ConfigNode& node) {
  HostParser parser;
  const auto parse_host = [&parser](const ConfigNode& host) { return parser.Parse(host); };
  ASSIGN_OR_RETURN(std::vector<FarmHost> hosts, config::ListOf(parse_host, kFarmHostsMax)(node));
  if (hosts.empty()) return node.Error("no hosts; a farm has one at least");
  return hosts;
}

absl::StatusOr<std::optional<ServiceCenterLogin>> ParseServiceCenter(const ConfigNode& node,
                                                                     SecretReferences& secrets) {
  ServiceCenterLogin login;
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("username", &login.username, TextOf(kToolTextBytesMax)),
       config::Required("password", &secrets[kServiceCenterPassword], ParseSecretReference)}));
  return login;
}

absl::StatusOr<std::vector<FarmLicense>> ParseLicenses(const ConfigNode& node) {
  UniqueValues serials;
  const auto parse_serial = [&serials](const ConfigNode& value) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::string serial, TextOf(kToolTextBytesMax)(value));
    RETURN_IF_ERROR(serials.Add(value, serial));
    return serial;
  };
  const auto parse_license = [&](const ConfigNode& value) -> absl::StatusOr<FarmLicense> {
    FarmLicense license;
    RETURN_IF_ERROR(
        config::ReadFields(value, {config::Required("serial", &license.serial, parse_serial),
                                   config::Required("file", &license.file, config::Path)}));
    return license;
  };
  return config::ListOf(parse_license, kFarmLicensesMax)(node);
}

absl::StatusOr<FarmTarget> ParseTarget(const ConfigNode& node) {
  FarmTarget target;
  const auto parse = [](const ConfigNode& value) -> absl::StatusOr<std::optional<absl::Duration>> {
    return config::Duration(absl::Seconds(1), absl::Hours(24))(value);
  };
  RETURN_IF_ERROR(
      config::ReadFields(node, {config::Optional("controller", &target.controller, parse),
                                config::Optional("farm", &target.farm, parse)}));
  return target;
}

}  // namespace

const FarmHost* FarmFile::Find(absl::string_view name) const {
  for (const FarmHost& host : hosts) {
    if (host.name == name) return &host;
  }
  return nullptr;
}

absl::Status FarmFile::CheckHas(absl::string_view name) const {
  if (Find(name) != nullptr) return absl::OkStatus();
  const auto append = [](std::string* out, const FarmHost& host) { out->append(host.name); };
  return absl::InvalidArgumentError(absl::StrCat("farm ", farm_id, " has no host \"", name,
                                                 "\"; it has ",
                                                 absl::StrJoin(hosts, ", ", append)));
}

absl::StatusOr<FarmFile> ParseFarmFile(absl::string_view file, std::string bytes) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig(file, bytes));
  FarmFile farm;
  // After `hosts`, since fields are read in their order.
  const auto known_host = [&farm](const ConfigNode& name) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::string text, config::Name(name));
    if (farm.Find(text) == nullptr) return name.Expected("the name of one of the hosts");
    return text;
  };
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Required("farm_id", &farm.farm_id, config::Name),
             config::Required("hosts", &farm.hosts, ParseHosts),
             config::Optional("observe_timeout", &farm.observe_timeout,
                              config::Duration(absl::Milliseconds(100), absl::Minutes(1))),
             config::Optional("reach_timeout", &farm.reach_timeout,
                              config::Duration(absl::ZeroDuration(), absl::Minutes(1))),
             config::Optional("resume_within", &farm.resume_within,
                              config::Duration(absl::ZeroDuration(), absl::Hours(24))),
             config::Optional("drain", &farm.drain,
                              config::Duration(absl::ZeroDuration(), absl::Hours(24))),
             config::Optional("coordinator_host", &farm.coordinator_host, known_host),
             config::Optional("target", &farm.target, ParseTarget),
             config::Optional("debts", &farm.debts, ParseDebtPolicy),
             config::Optional("cache", &farm.cache, ParseCache),
             config::Optional("secrets", &farm.secrets, ParseSecretReferences),
             // After `secrets`, which it adds to.
             config::Optional("service_center", &farm.service_center,
                              [&farm](const ConfigNode& login) {
                                return ParseServiceCenter(login, farm.secrets);
                              }),
             config::Optional("licenses", &farm.licenses, ParseLicenses),
             config::Optional("hooks", &farm.hooks, ParseHooks)}));
  farm.digest = Sha256(bytes);
  farm.bytes = std::move(bytes);
  return farm;
}

absl::StatusOr<FarmFile> LoadFarmFile(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, ReadConfigFile(fs, path));
  ASSIGN_OR_RETURN(FarmFile farm, ParseFarmFile(path, std::move(bytes)));
  if (!farm.hooks.empty()) RETURN_IF_ERROR(CheckHookSource(fs, path, geteuid()));
  return farm;
}

}  // namespace baton
