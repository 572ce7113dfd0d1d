#include "deploy/lab/standin/restart_services.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "deploy/lab/standin/line_client.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kServices[] = {"controller", "deployment", "scheduler"};
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);
constexpr absl::Duration kAnswerTimeout = absl::Seconds(10);

absl::StatusOr<ServiceStatus> Query(const HostState& state, const std::string& service) {
  ASSIGN_OR_RETURN(const ControlReply reply,
                   AskServiceManager(state, {ControlVerb::kQuery, service, {}}));
  if (!reply.status) return absl::NotFoundError(absl::StrCat("no state of ", service));
  return *reply.status;
}

absl::Status RestartUnlessDisabled(const HostState& state, const std::string& service) {
  ASSIGN_OR_RETURN(const ServiceStatus now, Query(state, service));
  if (now.startup_type == StartupType::kDisabled) return absl::OkStatus();
  RETURN_IF_ERROR(StopService(state, service));
  ASSIGN_OR_RETURN(const ControlReply reply,
                   AskServiceManager(state, {ControlVerb::kStart, service, {}}));
  if (reply.error) return absl::InternalError(reply.error->words);
  return absl::OkStatus();
}

}  // namespace

absl::Status StopService(const HostState& state, const std::string& service) {
  const absl::Duration deadline = SystemClock().Monotonic() + kRestartTimeout;
  while (SystemClock().Monotonic() < deadline) {
    ASSIGN_OR_RETURN(const ServiceStatus now, Query(state, service));
    if (now.state == RunState::kStopped || now.state == RunState::kFailed) {
      return absl::OkStatus();
    }
    if (now.state == RunState::kRunning) {
      RETURN_IF_ERROR(AskServiceManager(state, {ControlVerb::kStop, service, {}}).status());
    }
    WaitKeepingAlive(kPollInterval, nullptr);
  }
  return absl::DeadlineExceededError(absl::StrCat("the service ", service, " does not stop"));
}

absl::StatusOr<ControlReply> AskServiceManager(const HostState& state,
                                               const ControlRequest& request) {
  LineClient client;
  RETURN_IF_ERROR(client.ConnectToUnixSocket(state.Path(kControlSocketName)));
  ASSIGN_OR_RETURN(const std::string line,
                   client.Ask(FormatControlRequest(request), kAnswerTimeout));
  return ParseControlReply(line);
}

absl::Status RestartService(const HostState& state, absl::string_view service,
                            ToolProgress& progress) {
  if (!state.Has(kControlSocketName)) {
    progress.Say(absl::StrCat("Another service manager has ", service, ": it is not restarted."));
    return absl::OkStatus();
  }
  return RestartUnlessDisabled(state, std::string(service));
}

absl::Status RestartServices(const HostState& state, ToolProgress& progress) {
  for (const absl::string_view service : kServices) {
    RETURN_IF_ERROR(RestartService(state, service, progress));
  }
  return absl::OkStatus();
}

}  // namespace baton::standin
