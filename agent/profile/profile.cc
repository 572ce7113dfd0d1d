#include "agent/profile/profile.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton {
namespace {

// Writes "path.to.key=value" lines. Values are escaped, so none can look like a line.
class CanonicalWriter {
 public:
  void Add(absl::string_view key, absl::string_view value) {
    absl::StrAppend(&text_, prefix_, key, "=", absl::CEscape(value), "\n");
  }
  void Add(absl::string_view key, bool value) {
    Add(key, absl::string_view(value ? "true" : "false"));
  }
  void Add(absl::string_view key, absl::Duration value) { Add(key, absl::FormatDuration(value)); }
  void Add(absl::string_view key, const ProfilePort& port) {
    Add(key, absl::StrCat(port.setting, ":", port.number));
  }
  void Add(absl::string_view key, Proven proven) { Add(key, Word(proven)); }
  void Add(absl::string_view key, const std::vector<std::string>& values) {
    for (const std::string& value : values) Add(key, value);
  }

  // What the following keys belong to.
  void Begin(absl::string_view prefix) { prefix_ = absl::StrCat(prefix, "."); }

  const std::string& text() const { return text_; }

 private:
  std::string prefix_;
  std::string text_;
};

absl::string_view NameOf(InitializedBy initialized_by) {
  switch (initialized_by) {
    case InitializedBy::kAnyPort:
      return "ports-any";
    case InitializedBy::kAllPorts:
      return "ports-all";
    case InitializedBy::kLog:
      return "log";
  }
  return "unknown";
}

void Write(const ServiceSpec& spec, CanonicalWriter& writer) {
  writer.Begin(absl::StrCat("service.", Word(spec.service)));
  writer.Add("unit", spec.unit);
  for (const ProfilePort& port : spec.ports) writer.Add("port", port);
  writer.Add("initialized", NameOf(spec.initialized_by));
  writer.Add("log.path", spec.log_path);
  writer.Add("log.pattern", spec.log_pattern);
  writer.Add("start_timeout", spec.start_timeout);
  writer.Add("initialize_timeout", spec.initialize_timeout);
  writer.Add("stop_timeout", spec.stop_timeout);
  writer.Add("restarts_with_platform", spec.restarts_with_platform);
  writer.Add("farm_exclusive", spec.farm_exclusive);
  writer.Add("proven", spec.proven);
}

void Write(const ConfigurationSpec& spec, CanonicalWriter& writer) {
  writer.Begin("configuration");
  writer.Add("path", spec.path);
  writer.Add("private_key", spec.private_key);
  for (const auto& [setting, key] : spec.settings) writer.Add(Word(setting), key);
  for (const plan::v1::Setting setting : spec.create_missing) {
    writer.Add("create_missing", Word(setting));
  }
  writer.Add("database_section", spec.database_sections);
  for (const DatabaseServerSpec& server : spec.database_servers) {
    writer.Add("database_server", absl::StrCat(server.provider, " ", server.server, " ",
                                               server.port, " ", server.default_port));
  }
  writer.Add("excluded_from_digest", spec.excluded_from_digest);
  writer.Add("version", spec.version);
  writer.Add("proven", spec.proven);
}

absl::string_view NameOf(PromptCount count) {
  switch (count) {
    case PromptCount::kOnce:
      return "once";
    case PromptCount::kAtMostOnce:
      return "at-most-once";
    case PromptCount::kAnyNumber:
      return "any";
  }
  return "unknown";
}

void Write(const DialogSpec& spec, CanonicalWriter& writer) {
  for (const DialogRule& rule : spec.rules) {
    writer.Add("prompt", rule.prompt);
    writer.Add("answer", rule.answer);
    writer.Add("comes", NameOf(rule.count));
  }
  writer.Add("silence_timeout", spec.silence_timeout);
}

void Write(const ToolSpec& spec, CanonicalWriter& writer) {
  writer.Begin(absl::StrCat("tool.", Word(spec.tool)));
  writer.Add("argument", spec.command);
  for (const plan::v1::ToolParameter& parameter : spec.parameters) {
    writer.Add("parameter", absl::StrCat(parameter.name(), ":",
                                         plan::v1::ToolParameter::Kind_Name(parameter.kind())));
  }
  writer.Add("working_directory", spec.working_directory);
  for (const int code : spec.success_exit_codes) {
    writer.Add("success_exit_code", absl::StrCat(code));
  }
  writer.Add("timeout", spec.timeout);
  writer.Add("expected_duration", spec.expected_duration);
  writer.Add("repeatable", spec.repeatable);
  writer.Add("farm_exclusive", spec.farm_exclusive);
  writer.Add("proven", spec.proven);
  if (spec.leaves_services) writer.Add("leaves_services", true);
  if (spec.dialog.has_value()) Write(*spec.dialog, writer);
}

void Write(const InitScriptSpec& spec, CanonicalWriter& writer) {
  writer.Begin("init_script");
  writer.Add("command", spec.command);
  writer.Add("timeout", spec.timeout);
  writer.Add("services_file", spec.services_file);
  for (const auto& [word, state] : spec.status_words) {
    writer.Add("status_word", absl::StrCat(word, ":", Word(state)));
  }
  writer.Add("by_configurator", spec.startup_types_by == StartupTypesBy::kConfigurator);
  for (const InitScriptUnit& unit : spec.units) {
    writer.Add("unit", unit.unit);
    writer.Add("title", unit.title);
    writer.Add("prompt", unit.prompt);
  }
  writer.Add("configurator", spec.configurator.command);
  writer.Add("working_directory", spec.configurator.working_directory);
  writer.Add("enable", spec.configurator.enable);
  writer.Add("disable", spec.configurator.disable);
  writer.Add("silence_timeout", spec.configurator.silence_timeout);
  writer.Add("configurator_timeout", spec.configurator.timeout);
  writer.Add("proven", spec.proven);
}

void Write(const SerialSpec& spec, CanonicalWriter& writer) {
  writer.Begin("serial");
  writer.Add("file", spec.file);
  writer.Add("proven", spec.proven);
}

void Write(const PingSpec& spec, CanonicalWriter& writer) {
  writer.Begin("service_center_ping");
  writer.Add("path", spec.path);
  writer.Add("port", spec.port);
  writer.Add("text", spec.text);
  writer.Add("proven", spec.proven);
}

void Write(const CacheTlsSpec& spec, CanonicalWriter& writer) {
  writer.Begin("cache_tls");
  writer.Add("ca_file", spec.ca_file);
  writer.Add("proven", spec.proven);
}

}  // namespace

const ServiceSpec* Profile::Find(plan::v1::Service service) const {
  for (const ServiceSpec& spec : services) {
    if (spec.service == service) return &spec;
  }
  return nullptr;
}

const ToolSpec* Profile::Find(plan::v1::Tool tool) const {
  for (const ToolSpec& spec : tools) {
    if (spec.tool == tool) return &spec;
  }
  return nullptr;
}

const InitScriptUnit* InitScriptSpec::Find(const std::string& unit) const {
  for (const InitScriptUnit& entry : units) {
    if (entry.unit == unit) return &entry;
  }
  return nullptr;
}

absl::Duration StartupTypeTimeout(const Profile& profile, const ServiceSpec& service) {
  if (!profile.init_script.has_value()) return absl::ZeroDuration();
  if (profile.init_script->startup_types_by == StartupTypesBy::kServicesFile) {
    return service.stop_timeout;
  }
  return std::max(service.stop_timeout, profile.init_script->configurator.timeout);
}

Proven WeakestProof(const Profile& profile) {
  Proven weakest = profile.configuration.proven;
  for (const ServiceSpec& spec : profile.services) weakest = std::min(weakest, spec.proven);
  for (const ToolSpec& spec : profile.tools) weakest = std::min(weakest, spec.proven);
  if (profile.serial.has_value()) weakest = std::min(weakest, profile.serial->proven);
  if (profile.service_center_ping.has_value()) {
    weakest = std::min(weakest, profile.service_center_ping->proven);
  }
  if (profile.cache_tls.has_value()) weakest = std::min(weakest, profile.cache_tls->proven);
  if (profile.init_script.has_value()) weakest = std::min(weakest, profile.init_script->proven);
  return weakest;
}

std::string Word(Proven proven) {
  switch (proven) {
    case Proven::kSimulated:
      return "simulated";
    case Proven::kLab:
      return "lab";
    case Proven::kReal:
      return "real";
  }
  return "unknown";
}

std::string CanonicalText(const Profile& profile) {
  CanonicalWriter writer;
  writer.Begin("profile");
  writer.Add("name", profile.name);
  for (const ServiceSpec& spec : profile.services) Write(spec, writer);
  Write(profile.configuration, writer);
  for (const ToolSpec& spec : profile.tools) Write(spec, writer);
  if (profile.serial.has_value()) Write(*profile.serial, writer);
  if (profile.service_center_ping.has_value()) Write(*profile.service_center_ping, writer);
  if (profile.cache_tls.has_value()) Write(*profile.cache_tls, writer);
  if (profile.init_script.has_value()) Write(*profile.init_script, writer);
  return writer.text();
}

}  // namespace baton
