#include "deploy/lab/standin/hsconf_template.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::standin {
namespace {

using Row = std::pair<absl::string_view, absl::string_view>;

// `encrypted`: whether the section's keys carry encrypted="false".
HsconfSection Section(absl::string_view name, bool encrypted, std::initializer_list<Row> rows) {
  HsconfSection section{std::string(name), {}, {}};
  for (const auto& [key, value] : rows) {
    HsconfKey entry{std::string(key), {}, std::string(value)};
    if (encrypted) entry.attributes.emplace_back("encrypted", "false");
    section.keys.push_back(std::move(entry));
  }
  return section;
}

HsconfSection DatabaseSection(absl::string_view name, std::initializer_list<Row> rows) {
  HsconfSection section = Section(name, true, rows);
  section.attributes.emplace_back("ProviderKey", "SqlServer");
  return section;
}

HsconfSection PlatformDatabase(const HsconfValues& values) {
  return DatabaseSection("PlatformDatabaseConfiguration",
                         {{"Server", values.database},
                          {"Catalog", "outsystems"},
                          {"AdminUser", "OSADMIN"},
                          {"AdminPassword", "standin-admin"},
                          {"RuntimeUser", "OSRUNTIME"},
                          {"RuntimePassword", "standin-runtime"},
                          {"UsedAuthenticationMode", "Database Authentication"},
                          {"Unicode", "true"},
                          {"RuntimeAdvancedSettings", ""},
                          {"ServicesAdvancedSettings", ""},
                          {"AdvancedConfigurationMode", "false"}});
}

HsconfSection LoggingDatabase(const HsconfValues& values) {
  return DatabaseSection("LoggingDatabaseConfiguration",
                         {{"Server", values.database},
                          {"Catalog", "outsystems_log"},
                          {"AdminUser", "OSADMIN_LOG"},
                          {"AdminPassword", "standin-admin-log"},
                          {"RuntimeUser", "OSRUNTIME_LOG"},
                          {"RuntimePassword", "standin-runtime-log"},
                          {"UsedAuthenticationMode", "Database Authentication"},
                          {"Unicode", "true"},
                          {"RuntimeAdvancedSettings", ""}});
}

HsconfSection SessionDatabase(const HsconfValues& values) {
  return DatabaseSection("SessionDatabaseConfiguration",
                         {{"Server", values.database},
                          {"Catalog", "osSession"},
                          {"SessionUser", "OSSTATE"},
                          {"SessionPassword", "standin-session"},
                          {"UsedAuthenticationMode", "Database Authentication"},
                          {"SessionAdvancedSettings", ""},
                          {"DeleteExpiredSessionsAvoidLockRowCount", "100"}});
}

HsconfSection ServiceSection(const HsconfValues& values) {
  return Section("ServiceConfiguration", false,
                 {{"CompilerServerHostname", values.controller},
                  {"CompilerServerPort", "12000"},
                  {"CompilerServiceRESTPort", "12100"},
                  {"DeploymentServerPort", "12001"},
                  {"DeployServiceRESTPort", "12101"},
                  {"SchedulerServerPort", "12002"},
                  {"SchedulerRESTPort", "12102"},
                  {"ServiceInitializationTimeoutInSeconds", "180"},
                  {"SupportAsynchronousLog", "True"}});
}

HsconfSection CacheSection(const HsconfValues& values) {
  return Section("CacheInvalidationConfiguration", true,
                 {{"ServiceHost", values.controller},
                  {"ServicePort", "5672"},
                  {"ServiceUsername", "admin"},
                  {"ServicePassword", "standin-cache"},
                  {"VirtualHost", "/outsystems"},
                  {"TlsEnabled", "False"},
                  {"TlsServerCanonicalName", ""}});
}

Hsconf MakeDotnetHsconf(const HsconfValues& values) {
  const std::string application_port = absl::StrCat(values.application_port);
  return {{PlatformDatabase(values), LoggingDatabase(values), SessionDatabase(values),
           ServiceSection(values),
           Section("ServerConfiguration", false,
                   {{"ApplicationServerPort", application_port},
                    {"ApplicationServerSecurePort", "8443"},
                    {"MaxConcurrentTimers", "3"},
                    {"WeeksToKeep", "4"}}),
           Section("NetworkConfiguration", false,
                   {{"ApplicationServerVersion", "(Unknown version)"},
                    {"OutgoingIPAddress", values.address},
                    {"RequiresSoapHeadersSlowRetrieval", "False"},
                    {"ServerKind", "IIS"}}),
           CacheSection(values),
           Section("OtherConfigurations", false,
                   {{"DBIntrospectionTimeout", "90"},
                    {"DBTimeout", "30"},
                    {"DBUpdateTimeout", "600"},
                    {"InstallationDir", "C:\\Program Files\\OutSystems\\Platform Server\\"},
                    {"InstanceName", "DEFAULT"},
                    {"PlatformVersion", "11.28.0.44340"},
                    {"QueuesAvailable", "False"}}),
           Section("ExtensionPointConfigurations", false, {})}};
}

// Without what came later, and with what only the Java stack has.
void MakeJava(Hsconf& hsconf) {
  constexpr absl::string_view kLaterKeys[] = {"CompilerServiceRESTPort", "DeployServiceRESTPort",
                                              "SchedulerRESTPort"};
  constexpr Row kOtherValues[] = {{"ServerKind", "JBoss"},
                                  {"InstallationDir", "/opt/outsystems/platform/"},
                                  {"PlatformVersion", "10.0.1028.0"}};
  const auto is_later_section = [](const HsconfSection& section) {
    return section.name == "CacheInvalidationConfiguration";
  };
  const auto is_later_key = [&](const HsconfKey& key) {
    return std::find(std::begin(kLaterKeys), std::end(kLaterKeys), key.name) !=
           std::end(kLaterKeys);
  };
  std::erase_if(hsconf.sections, is_later_section);
  for (HsconfSection& section : hsconf.sections) {
    std::erase_if(section.keys, is_later_key);
    for (HsconfKey& key : section.keys) {
      for (const auto& [name, value] : kOtherValues) {
        if (key.name == name) key.value = std::string(value);
      }
    }
    if (section.name == "ServiceConfiguration") {
      section.keys.push_back({"RMIRegistryPort", {}, "2033"});
    }
  }
}

}  // namespace

Hsconf MakeHsconf(const HsconfValues& values) {
  Hsconf hsconf = MakeDotnetHsconf(values);
  if (values.java) MakeJava(hsconf);
  return hsconf;
}

}  // namespace baton::standin
