#include "common/config/address.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kNameSizeBytesMax = 63;
constexpr size_t kHostNameSizeBytesMax = 253;
constexpr size_t kLabelSizeBytesMax = 63;
constexpr size_t kIpv6Groups = 8;

using Ipv6 = std::array<uint16_t, kIpv6Groups>;

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

std::optional<std::array<uint8_t, 4>> ParseIpv4(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  std::array<uint8_t, 4> address{};
  if (parts.size() != address.size()) return std::nullopt;
  for (size_t i = 0; i < address.size(); ++i) {
    int number = 0;
    // A leading zero means octal to some and decimal to others.
    const bool plain =
        AllDigits(parts[i]) && parts[i].size() <= 3 && (parts[i].size() == 1 || parts[i][0] != '0');
    if (!plain || !absl::SimpleAtoi(parts[i], &number) || number > 255) return std::nullopt;
    address[i] = static_cast<uint8_t>(number);
  }
  return address;
}

// The groups of one side of "::". An IPv4 address may stand for the last two.
std::optional<std::vector<uint16_t>> ParseGroups(absl::string_view text) {
  std::vector<uint16_t> groups;
  if (text.empty()) return groups;
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (const auto ipv4 = ParseIpv4(parts[i]); last && ipv4.has_value()) {
      groups.push_back(static_cast<uint16_t>((*ipv4)[0] << 8 | (*ipv4)[1]));
      groups.push_back(static_cast<uint16_t>((*ipv4)[2] << 8 | (*ipv4)[3]));
      continue;
    }
    uint32_t number = 0;
    const bool hexadecimal = !parts[i].empty() && parts[i].size() <= 4 &&
                             std::all_of(parts[i].begin(), parts[i].end(), absl::ascii_isxdigit);
    if (!hexadecimal || !absl::SimpleHexAtoi(parts[i], &number)) return std::nullopt;
    groups.push_back(static_cast<uint16_t>(number));
  }
  return groups;
}

std::optional<Ipv6> ParseIpv6(absl::string_view text) {
  const std::vector<absl::string_view> sides = absl::StrSplit(text, "::");
  if (sides.size() > 2) return std::nullopt;
  const auto head = ParseGroups(sides.front());
  const auto tail = ParseGroups(sides.size() == 2 ? sides.back() : absl::string_view());
  if (!head.has_value() || !tail.has_value()) return std::nullopt;
  const size_t count = head->size() + tail->size();
  // "::" stands for one group at least.
  if (sides.size() == 1 ? count != kIpv6Groups : count >= kIpv6Groups) return std::nullopt;
  Ipv6 address{};
  std::copy(head->begin(), head->end(), address.begin());
  std::copy(tail->rbegin(), tail->rend(), address.rbegin());
  return address;
}

bool IsLabel(absl::string_view label) {
  const auto allowed = [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kLabelSizeBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), allowed);
}

bool IsHostName(absl::string_view text) {
  const std::vector<absl::string_view> labels = absl::StrSplit(text, '.');
  return text.size() <= kHostNameSizeBytesMax && !AllDigits(labels.back()) &&
         std::all_of(labels.begin(), labels.end(), IsLabel);
}

std::optional<uint16_t> ParsePort(absl::string_view text) {
  uint32_t port = 0;
  if (!AllDigits(text) || !absl::SimpleAtoi(text, &port)) return std::nullopt;
  if (port == 0 || port > std::numeric_limits<uint16_t>::max()) return std::nullopt;
  return static_cast<uint16_t>(port);
}

bool IsName(absl::string_view text) {
  const auto allowed = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= kNameSizeBytesMax && text.front() != '.' &&
         text.front() != '-' && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

std::string HostPort::ToString() const {
  const bool ipv6 = absl::StrContains(host, ':');
  return absl::StrCat(ipv6 ? "[" : "", host, ipv6 ? "]:" : ":", port);
}

bool IsAddress(absl::string_view text) {
  return ParseIpv4(text).has_value() || ParseIpv6(text).has_value() || IsHostName(text);
}

std::string CanonicalAddress(absl::string_view text) {
  if (const std::optional<Ipv6> address = ParseIpv6(text); address.has_value()) {
    const auto append = [](std::string* out, uint16_t group) {
      absl::StrAppend(out, absl::Hex(group));
    };
    return absl::StrJoin(*address, ":", append);
  }
  return absl::AsciiStrToLower(text);
}

bool IsLoopbackAddress(absl::string_view text) {
  if (const auto ipv4 = ParseIpv4(text); ipv4.has_value()) return ipv4->front() == 127;
  const std::string canonical = CanonicalAddress(text);
  return canonical == "0:0:0:0:0:0:0:1" || canonical == "localhost" ||
         absl::EndsWith(canonical, ".localhost");
}

std::optional<HostPort> ParseHostPort(absl::string_view text) {
  absl::string_view host = text;
  absl::string_view rest;
  const bool bracketed = absl::StartsWith(text, "[");
  const size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == absl::string_view::npos) return std::nullopt;
  host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  rest = text.substr(bracketed ? end + 1 : end);
  if (bracketed ? !ParseIpv6(host).has_value() : !IsAddress(host)) return std::nullopt;
  if (rest.empty()) return HostPort{std::string(host), 0};
  const std::optional<uint16_t> port = ParsePort(rest.substr(1));
  if (rest.front() != ':' || !port.has_value()) return std::nullopt;
  return HostPort{std::string(host), *port};
}

namespace config {

absl::StatusOr<std::string> Name(const ConfigNode& node) {
  absl::StatusOr<std::string> text = node.Text();
  if (!text.ok() || !IsName(*text)) {
    return node.Expected("a name (1 to 63 of a-z, 0-9, '.', '-'; first a letter or digit)");
  }
  return text;
}

absl::StatusOr<std::string> Address(const ConfigNode& node) {
  absl::StatusOr<std::string> text = node.Text();
  if (!text.ok() || !IsAddress(*text)) return node.Expected("an IP address or host name");
  return text;
}

absl::StatusOr<HostPort> HostAndPort(const ConfigNode& node) {
  const absl::StatusOr<std::string> text = node.Text();
  const auto address = text.ok() ? ParseHostPort(*text) : std::nullopt;
  if (!address.has_value() || address->port == 0) return node.Expected("HOST:PORT");
  return *address;
}

absl::StatusOr<HostPort> HostAndMaybePort(const ConfigNode& node, uint16_t default_port) {
  const absl::StatusOr<std::string> text = node.Text();
  auto address = text.ok() ? ParseHostPort(*text) : std::nullopt;
  if (!address.has_value()) return node.Expected("HOST:PORT or HOST");
  if (address->port == 0) address->port = default_port;
  return *address;
}

}  // namespace config
}  // namespace baton
