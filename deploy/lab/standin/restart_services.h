#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "agent/platform/standin/control_protocol.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

inline constexpr absl::Duration kRestartTimeout = absl::Seconds(60);  // a service

// One request to the service manager of the host. UNAVAILABLE if it does not run or does not
// answer.
absl::StatusOr<ControlReply> AskServiceManager(const HostState& state,
                                               const ControlRequest& request);

// Stops a service and waits until it has stopped, asking again as long as it takes no stop.
// DEADLINE_EXCEEDED if it does not within kRestartTimeout.
absl::Status StopService(const HostState& state, const std::string& service);

// Restarts the platform's services of this host that are not disabled, in the platform's order, and
// starts those that did not run. DEADLINE_EXCEEDED if one does not stop. Where services run under
// another manager than the stand-in's it says so in `progress` and leaves them alone.
absl::Status RestartServices(const HostState& state, ToolProgress& progress);

// As RestartServices, for one service.
absl::Status RestartService(const HostState& state, absl::string_view service,
                            ToolProgress& progress);

}  // namespace baton::standin
