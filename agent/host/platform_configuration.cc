#include "agent/host/platform_configuration.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agent/host/database_address.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint64_t kKeyFileBytesMax = 64 << 10;

absl::StatusOr<plan::v1::SettingValue> ReadSetting(const ConfigurationDocument& document,
                                                   plan::v1::Setting setting,
                                                   const std::string& path) {
  plan::v1::SettingValue value;
  value.set_setting(setting);
  const absl::StatusOr<ConfigurationDocument::Value> found = document.Find(path);
  if (absl::IsNotFound(found.status())) {
    value.set_missing(true);
    return value;
  }
  RETURN_IF_ERROR(found.status());
  value.set_encrypted(found->encrypted);
  // A password in plaintext, which the platform has not encrypted yet, is nobody's to see either.
  if (!found->encrypted && setting != plan::v1::CACHE_PASSWORD) value.set_value(found->value);
  return value;
}

std::vector<std::string> SecretPaths(const ConfigurationSpec& spec) {
  const auto password = spec.settings.find(plan::v1::CACHE_PASSWORD);
  if (password == spec.settings.end()) return {};
  return {password->second};
}

absl::Status DescribeDocument(const ConfigurationDocument& document, const ConfigurationSpec& spec,
                              plan::v1::Configuration& result) {
  for (const auto& [setting, path] : spec.settings) {
    ASSIGN_OR_RETURN(*result.add_settings(), ReadSetting(document, setting, path));
  }
  for (const std::string& section : spec.database_sections) {
    ASSIGN_OR_RETURN(const std::string digest,
                     document.ComparableDigest(section, spec.excluded_from_digest));
    plan::v1::SectionDigest* described = result.add_sections();
    described->set_section(section);
    described->set_digest(digest);
  }
  for (std::string& address : DatabaseAddresses(document, spec)) {
    result.add_databases(std::move(address));
  }
  if (spec.version.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ConfigurationDocument::Value version, document.Find(spec.version));
  result.set_platform_version(version.value);
  return absl::OkStatus();
}

absl::Status DescribeFiles(FileSystem& fs, ConfigurationFile& file, const ConfigurationSpec& spec,
                           plan::v1::Configuration& result) {
  ASSIGN_OR_RETURN(ConfigurationFile::Snapshot snapshot, file.Read());
  result.set_digest(snapshot.digest);
  const absl::StatusOr<ConfigurationDocument> document =
      ConfigurationDocument::Parse(std::move(snapshot.bytes));
  RETURN_IF_ERROR(Annotate(document.status(), spec.path));
  RETURN_IF_ERROR(Annotate(DescribeDocument(*document, spec, result), spec.path));
  if (spec.private_key.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string key, fs.ReadFile(spec.private_key, kKeyFileBytesMax));
  result.set_private_key_digest(Sha256(key));
  return absl::OkStatus();
}

}  // namespace

PlatformConfiguration::PlatformConfiguration(FileSystem& fs, const Profile& profile)
    : fs_(fs),
      profile_(profile),
      file_(fs, profile.configuration.path, SecretPaths(profile.configuration)) {}

plan::v1::Configuration PlatformConfiguration::Describe() {
  plan::v1::Configuration result;
  const absl::Status status = DescribeFiles(fs_, file_, profile_.configuration, result);
  if (status.ok()) return result;
  plan::v1::Configuration unreadable;
  unreadable.set_error(std::string(status.message()));
  return unreadable;
}

std::vector<std::string> PlatformConfiguration::PlaintextSecrets() {
  const std::optional<ConfigurationDocument> document = Parse();
  std::vector<std::string> secrets;
  if (!document.has_value()) return secrets;
  for (const std::string& path : SecretPaths(profile_.configuration)) {
    const absl::StatusOr<ConfigurationDocument::Value> value = document->Find(path);
    if (value.ok() && !value->encrypted && !value->value.empty()) secrets.push_back(value->value);
  }
  return secrets;
}

std::optional<ConfigurationDocument> PlatformConfiguration::Parse() {
  absl::StatusOr<ConfigurationFile::Snapshot> snapshot = file_.Read();
  if (!snapshot.ok()) return std::nullopt;
  absl::StatusOr<ConfigurationDocument> document =
      ConfigurationDocument::Parse(std::move(snapshot->bytes));
  if (!document.ok()) return std::nullopt;
  return *std::move(document);
}

}  // namespace baton
