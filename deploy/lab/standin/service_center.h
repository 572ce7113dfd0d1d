#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

inline constexpr absl::string_view kServiceCenterModule = "ServiceCenter";
inline constexpr absl::string_view kPingPath = "/ServiceCenter/_ping.html";
inline constexpr absl::string_view kJavaPingPath = "/ServiceCenter/_ping.jsf";
inline constexpr absl::string_view kPingText = "OutSystems Platform Server is running";

// From here on the host's web server answers Service Center's ping page.
absl::Status MarkServiceCenterDeployed(const HostState& state);

// Whether an installation ever deployed Service Center to this host.
bool IsServiceCenterDeployed(const HostState& state);

}  // namespace baton::standin
