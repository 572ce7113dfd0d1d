#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/config_node.h"

namespace baton {

// Where something listens.
struct HostPort {
  std::string host;  // as it was written, without the brackets of an IPv6 address
  uint16_t port = 0;

  // "fe1:7601", "[::1]:7601".
  std::string ToString() const;
};

// Reads HOST[:PORT]; an IPv6 address stands in brackets. The port is 0 if there is none. Nothing
// for a text that is not so.
std::optional<HostPort> ParseHostPort(absl::string_view text);

// True for the literal of an IPv4 or IPv6 address or a host name: labels of letters, digits, '-'
// and
// '_' (which Windows allows), at most 63 bytes each and 253 together. A name whose last label is
// all digits is not one: it is a mistyped IPv4 address. Nothing is looked up.
bool IsAddress(absl::string_view text);

// The one spelling of an address, to compare addresses with: lower case, and an IPv6 address with
// its eight groups. REQUIRES: IsAddress(text).
std::string CanonicalAddress(absl::string_view text);

// True for names and addresses that mean the machine itself on every machine: localhost and names
// below it, 127.0.0.0/8, ::1. REQUIRES: IsAddress(text).
bool IsLoopbackAddress(absl::string_view text);

namespace config {

// A name of a farm, host or profile: 1 to 63 of a-z, 0-9, '.' and '-', beginning with a letter or
// digit.
absl::StatusOr<std::string> Name(const ConfigNode& node);

// What IsAddress accepts.
absl::StatusOr<std::string> Address(const ConfigNode& node);

// HOST:PORT with an address and a port from 1; an IPv6 address stands in brackets.
absl::StatusOr<HostPort> HostAndPort(const ConfigNode& node);

// As HostAndPort, but the port may be left out.
absl::StatusOr<HostPort> HostAndMaybePort(const ConfigNode& node, uint16_t default_port);

}  // namespace config
}  // namespace baton
