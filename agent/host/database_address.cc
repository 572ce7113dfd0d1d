#include "agent/host/database_address.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace baton {
namespace {

std::optional<HostPort> Make(absl::string_view host, absl::string_view port) {
  uint32_t number = 0;
  const bool is_port = absl::SimpleAtoi(port, &number) && number > 0 &&
                       number <= std::numeric_limits<uint16_t>::max();
  if (!is_port || !IsAddress(host)) return std::nullopt;
  return HostPort{std::string(host), static_cast<uint16_t>(number)};
}

std::optional<HostPort> Make(absl::string_view host, uint16_t port) {
  if (!IsAddress(host)) return std::nullopt;
  return HostPort{std::string(host), port};
}

// The value behind "NAME=" in an Oracle descriptor that is in upper case; nothing if it is not
// there exactly once.
std::optional<std::string> DescriptorValue(absl::string_view descriptor, absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(descriptor, name);
  if (parts.size() != 2) return std::nullopt;
  return std::string(parts[1].substr(0, parts[1].find(')')));
}

std::optional<HostPort> FromDescriptor(absl::string_view text, uint16_t default_port) {
  std::string descriptor = absl::AsciiStrToUpper(text);
  descriptor.erase(std::remove_if(descriptor.begin(), descriptor.end(),
                                  [](unsigned char c) { return absl::ascii_isspace(c); }),
                   descriptor.end());
  const std::optional<std::string> host = DescriptorValue(descriptor, "(HOST=");
  if (!host.has_value()) return std::nullopt;
  const std::string lower = absl::AsciiStrToLower(*host);
  if (!absl::StrContains(descriptor, "(PORT=")) return Make(lower, default_port);
  const std::optional<std::string> port = DescriptorValue(descriptor, "(PORT=");
  return port.has_value() ? Make(lower, *port) : std::nullopt;
}

// HOST, HOST:PORT, HOST:PORT:SID; an IPv6 address in brackets, or alone.
std::optional<HostPort> FromPlain(absl::string_view text, uint16_t default_port) {
  if (IsAddress(text)) return Make(text, default_port);
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() == 3 && !absl::StartsWith(text, "[")) return Make(parts[0], parts[1]);
  std::optional<HostPort> place = ParseHostPort(text);
  if (place.has_value() && place->port == 0) place->port = default_port;
  return place.has_value() && IsAddress(place->host) ? place : std::nullopt;
}

// The text of a key that says where a database is; empty if it says nothing that can be read.
std::string ValueOf(const ConfigurationSection& section, const std::string& key) {
  if (key.empty()) return "";
  const absl::StatusOr<const ConfigurationKey*> found =
      ConfigurationDocument::FindKey(section, key);
  if (!found.ok() || IsEncrypted(**found) || (*found)->nested) return "";
  return std::string(absl::StripAsciiWhitespace((*found)->value));
}

std::string ProviderOf(const ConfigurationSection& section) {
  for (const ConfigurationAttribute& attribute : section.element.attributes) {
    if (attribute.name == "ProviderKey") return attribute.value;
  }
  return "";
}

std::optional<HostPort> DatabaseOf(const ConfigurationSection& section,
                                   const std::vector<DatabaseServerSpec>& servers) {
  const std::string provider = ProviderOf(section);
  for (const DatabaseServerSpec& spec : servers) {
    if (spec.provider != provider) continue;
    const std::string server = ValueOf(section, spec.server);
    const std::string port = ValueOf(section, spec.port);
    return port.empty() ? ParseDatabaseAddress(server, spec.default_port) : Make(server, port);
  }
  return std::nullopt;
}

}  // namespace

std::optional<HostPort> ParseDatabaseAddress(absl::string_view text, uint16_t default_port) {
  text = absl::StripAsciiWhitespace(text);
  if (absl::StartsWith(text, "(DESCRIPTION")) return FromDescriptor(text, default_port);
  if (absl::StartsWithIgnoreCase(text, "tcp:")) text.remove_prefix(4);
  absl::ConsumePrefix(&text, "//");
  text = text.substr(0, text.find('/'));
  const std::pair<absl::string_view, absl::string_view> by_comma =
      absl::StrSplit(text, absl::MaxSplits(',', 1));
  const bool named = absl::StrContains(text, '\\');
  if (!absl::StrContains(text, ',')) {
    // The instance's port is known to SQL Server's browser alone.
    return named ? std::nullopt : FromPlain(text, default_port);
  }
  const absl::string_view host = by_comma.first.substr(0, by_comma.first.find('\\'));
  return Make(absl::StripAsciiWhitespace(host), absl::StripAsciiWhitespace(by_comma.second));
}

std::vector<std::string> DatabaseAddresses(const ConfigurationDocument& document,
                                           const ConfigurationSpec& spec) {
  std::vector<std::string> addresses;
  for (const ConfigurationSection& section : document.tree().sections) {
    const auto& wanted = spec.database_sections;
    if (std::find(wanted.begin(), wanted.end(), section.element.name) == wanted.end()) continue;
    const std::optional<HostPort> place = DatabaseOf(section, spec.database_servers);
    if (!place.has_value()) continue;
    const std::string address = place->ToString();
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) {
      addresses.push_back(address);
    }
  }
  return addresses;
}

}  // namespace baton
