#include "agent/profile/spec_parser.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agent/profile/spec_fields.h"
#include "common/config/config_fields.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

constexpr size_t kPortsMax = 16;
constexpr size_t kKeysMax = 128;
constexpr absl::Duration kServiceTimeoutMax = absl::Hours(1);

bool IsXmlWord(absl::string_view text) {
  const auto allowed = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

// The name of something in a configuration file.
auto NameOf(absl::string_view what) {
  return [what](const ConfigNode& node) -> absl::StatusOr<std::string> {
    absl::StatusOr<std::string> text = node.Text();
    if (!text.ok() || !IsXmlWord(*text)) return node.Expected(absl::StrCat("the name of a ", what));
    return text;
  };
}

// "Section/Key": names as the vendor's SetupTools accept them.
absl::StatusOr<std::string> SectionAndKey(const ConfigNode& node) {
  absl::StatusOr<std::string> text = node.Text();
  const std::vector<std::string> parts = absl::StrSplit(text.value_or(""), '/');
  if (parts.size() != 2 || !IsXmlWord(parts[0]) || !IsXmlWord(parts[1])) {
    return node.Expected("Section/Key");
  }
  return text;
}

absl::StatusOr<plan::v1::Setting> KnownSetting(const ConfigNode& node) {
  return KnownWord(node, ParseSetting);
}

absl::StatusOr<ProfilePort> ParsePort(const ConfigNode& node) {
  ProfilePort port;
  const auto number = config::Integer<uint16_t>(1, std::numeric_limits<uint16_t>::max());
  if (node.kind() == ConfigKind::kMap) {
    RETURN_IF_ERROR(
        config::ReadFields(node, {config::Required("setting", &port.setting, SectionAndKey),
                                  config::Required("default", &port.number, number)}));
  } else {
    ASSIGN_OR_RETURN(port.number, number(node));
  }
  return port;
}

absl::Status ReadInitialized(const ConfigNode& node, const Variables& variables,
                             ServiceSpec& spec) {
  if (node.kind() != ConfigKind::kMap) {
    ASSIGN_OR_RETURN(spec.initialized_by,
                     config::OneOf<InitializedBy>({{"ports-any", InitializedBy::kAnyPort},
                                                   {"ports-all", InitializedBy::kAllPorts}})(node));
    return absl::OkStatus();
  }
  const auto read_log = [&](const ConfigNode& log) {
    spec.initialized_by = InitializedBy::kLog;
    return config::ReadFields(log,
                              {config::Required("path", &spec.log_path, AbsolutePath(variables)),
                               config::Required("pattern", &spec.log_pattern, config::Text)});
  };
  return config::ReadFields(node, {{"log", true, read_log}});
}

using SettingTexts = std::map<plan::v1::Setting, std::string>;

// A map from settings to what `parse` reads.
absl::StatusOr<SettingTexts> BySetting(const ConfigNode& node,
                                       absl::StatusOr<std::string> (*parse)(const ConfigNode&)) {
  ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
  SettingTexts texts;
  for (const ConfigEntry& entry : entries) {
    const absl::StatusOr<plan::v1::Setting> setting = ParseSetting(entry.key);
    if (!setting.ok()) return node.KeyError(entry.key, setting.status().message());
    ASSIGN_OR_RETURN(texts[*setting], parse(entry.value));
  }
  return texts;
}

absl::StatusOr<SettingTexts> ParseSettingsByHand(const ConfigNode& node) {
  return BySetting(node, config::Text);
}

absl::StatusOr<SettingTexts> ParseSettings(const ConfigNode& node) {
  ASSIGN_OR_RETURN(SettingTexts settings, BySetting(node, SectionAndKey));
  if (!settings.contains(plan::v1::CONTROLLER_HOST)) {
    return node.Error(absl::StrCat("missing \"", Word(plan::v1::CONTROLLER_HOST), "\""));
  }
  return settings;
}

absl::StatusOr<DatabaseServerSpec> ParseDatabaseServer(const ConfigNode& node) {
  DatabaseServerSpec spec;
  const auto number = config::Integer<uint16_t>(1, std::numeric_limits<uint16_t>::max());
  RETURN_IF_ERROR(
      config::ReadFields(node, {config::Required("provider", &spec.provider, NameOf("provider")),
                                config::Required("server", &spec.server, NameOf("key")),
                                config::Optional("port", &spec.port, NameOf("key")),
                                config::Required("default_port", &spec.default_port, number)}));
  return spec;
}

}  // namespace

absl::StatusOr<ServiceSpec> ParseServiceSpec(const ConfigNode& node, const Variables& variables) {
  ServiceSpec spec;
  const auto timeout = config::Duration(absl::Seconds(1), kServiceTimeoutMax);
  const auto expand = [&variables](const ConfigNode& unit) { return variables.Expand(unit); };
  const auto service = [](const ConfigNode& word) { return KnownWord(word, ParseService); };
  std::vector<config::Field> fields = {
      config::Required("service", &spec.service, service),
      config::Required("unit", &spec.unit, expand),
      config::Optional("display_name", &spec.display_name, config::Text),
      config::Optional("ports", &spec.ports, config::ListOf(ParsePort, kPortsMax)),
      {"initialized", false,
       [&](const ConfigNode& value) { return ReadInitialized(value, variables, spec); }},
      config::Optional("start_timeout", &spec.start_timeout, timeout),
      config::Optional("initialize_timeout", &spec.initialize_timeout, timeout),
      config::Optional("stop_timeout", &spec.stop_timeout, timeout),
      config::Optional("restarts_with_platform", &spec.restarts_with_platform, config::Bool),
      config::Optional("farm_exclusive", &spec.farm_exclusive, config::Bool)};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  if (spec.initialized_by != InitializedBy::kLog && spec.ports.empty()) {
    return node.Error("initialised by its ports, and has none");
  }
  return spec;
}

absl::StatusOr<ConfigurationSpec> ParseConfigurationSpec(const ConfigNode& node,
                                                         const Variables& variables) {
  ConfigurationSpec spec;
  // After `settings`, since fields are read in their order.
  const auto mapped_setting = [&spec](const ConfigNode& word) -> absl::StatusOr<plan::v1::Setting> {
    ASSIGN_OR_RETURN(const plan::v1::Setting setting, KnownSetting(word));
    if (!spec.settings.contains(setting)) return word.Expected("one of the settings above");
    return setting;
  };
  std::vector<config::Field> fields = {
      config::Required("path", &spec.path, AbsolutePath(variables)),
      config::Optional("private_key", &spec.private_key, AbsolutePath(variables)),
      config::Required("settings", &spec.settings, ParseSettings),
      config::Optional("create_missing", &spec.create_missing, config::ListOf(mapped_setting)),
      config::Optional("database_sections", &spec.database_sections,
                       config::ListOf(NameOf("section"), kKeysMax)),
      config::Optional("database_servers", &spec.database_servers,
                       config::ListOf(ParseDatabaseServer, kKeysMax)),
      config::Optional("excluded_from_digest", &spec.excluded_from_digest,
                       config::ListOf(SectionAndKey, kKeysMax)),
      config::Required("version", &spec.version, SectionAndKey),
      config::Optional("by_hand", &spec.by_hand, ParseSettingsByHand)};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return spec;
}

absl::StatusOr<std::optional<PingSpec>> ParsePingSpec(const ConfigNode& node) {
  PingSpec spec;
  std::vector<config::Field> fields = {config::Required("path", &spec.path, config::Text),
                                       config::Required("port", &spec.port, ParsePort),
                                       config::Required("text", &spec.text, config::Text)};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return spec;
}

absl::StatusOr<std::optional<CacheTlsSpec>> ParseCacheTlsSpec(const ConfigNode& node,
                                                              const Variables& variables) {
  CacheTlsSpec spec;
  std::vector<config::Field> fields = {
      config::Required("ca_file", &spec.ca_file, AbsolutePath(variables))};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return spec;
}

absl::StatusOr<std::optional<SerialSpec>> ParseSerialSpec(const ConfigNode& node,
                                                          const Variables& variables) {
  SerialSpec spec;
  std::vector<config::Field> fields = {
      config::Required("file", &spec.file, AbsolutePath(variables))};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  return spec;
}

absl::StatusOr<ServicesByHand> ParseServicesByHand(const ConfigNode& node) {
  ServicesByHand by_hand;
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Required("start", &by_hand.start, config::Text),
             config::Required("stop", &by_hand.stop, config::Text),
             config::Required("startup_type", &by_hand.startup_type, config::Text)}));
  return by_hand;
}

}  // namespace baton
