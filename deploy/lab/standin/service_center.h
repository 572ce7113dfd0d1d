#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

inline constexpr absl::string_view kServiceCenterModule = "ServiceCenter";
inline constexpr absl::string_view kPingPath = "/ServiceCenter/_ping.html";
inline constexpr absl::string_view kJavaPingPath = "/ServiceCenter/_ping.jsf";
inline constexpr absl::string_view kPingText = "OutSystems Platform Server is running";

// Whom a tool logs in to Service Center as.
struct ServiceCenterLogin {
  std::string user;
  std::string password;
};

// The account of a database without DIR/service-center-login, which is that of a new installation.
inline constexpr absl::string_view kDefaultLogin = "admin admin";

// What stands for an account in the farm's database, and on the wire: 64 hexadecimal digits.
std::string LoginDigest(const ServiceCenterLogin& login);

// Reads `USER PASSWORD`; the password is the rest of the line.
ServiceCenterLogin ParseLogin(absl::string_view line);

// From here on the host's web server answers Service Center's ping page.
absl::Status MarkServiceCenterDeployed(const HostState& state);

// Whether an installation ever deployed Service Center to this host.
bool IsServiceCenterDeployed(const HostState& state);

}  // namespace baton::standin
