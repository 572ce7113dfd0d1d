#include "deploy/lab/standin/host_manager.h"

#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kWebService = "web";

// The platform's order for starting and for stopping.
constexpr absl::string_view kServices[] = {"controller", "deployment", "scheduler", "cache",
                                           kWebService};

ControlReply Refuse(absl::string_view code, absl::string_view words) {
  return {{}, ControlError{std::string(code), std::string(words)}};
}

// Whether a fault on a request of this kind is the manager's business; starting and stopping treat
// theirs themselves.
bool TakesRequestFault(ControlVerb verb) {
  return verb == ControlVerb::kQuery || verb == ControlVerb::kSetStartupType;
}

}  // namespace

HostManager::HostManager(const HostState& state, EventLoop& loop) : state_(state), loop_(loop) {
  for (const absl::string_view name : kServices) {
    services_.push_back(std::make_unique<ManagedService>(std::string(name), state_, loop_));
  }
}

absl::Status HostManager::Boot() {
  ASSIGN_OR_RETURN(FileDescriptor listener, ListenUnix(state_.Path(kControlSocketName)));
  std::error_code error;
  std::filesystem::create_directories(state_.Path("log"), error);
  if (error) return PosixError(state_.Path("log"), error.value());
  StreamServer::Limits limits;
  limits.buffer_bytes_max = kControlLineBytesMax;
  limits.idle_max = kHungRequestMax;
  StreamServer::Callbacks callbacks;
  callbacks.on_data = [this](StreamServer::ConnectionId id, std::string& buffer) {
    OnData(id, buffer);
  };
  server_ =
      std::make_unique<StreamServer>(loop_, std::move(listener), limits, std::move(callbacks));
  loop_.OnSignal([this](int number) { OnSignal(number); });
  for (const std::unique_ptr<ManagedService>& service : services_) {
    const ControlReply now = service->Query();
    if (service->name() == kWebService) {
      service->StartAlways();
    } else if (now.status && now.status->startup_type == StartupType::kAutomatic) {
      service->Start();
    }
  }
  return absl::OkStatus();
}

void HostManager::OnData(StreamServer::ConnectionId id, std::string& buffer) {
  const std::optional<std::string> line = TakeLine(buffer);
  if (!line) return;
  buffer.clear();  // one request a connection
  const absl::StatusOr<ControlRequest> request = ParseControlRequest(*line);
  if (request.ok()) {
    Take(id, *request);
  } else {
    Reply(id, Refuse(kErrorBadRequest, request.status().message()));
  }
}

void HostManager::Take(StreamServer::ConnectionId id, const ControlRequest& request) {
  absl::StatusOr<Fault> fault = Fault{};
  if (TakesRequestFault(request.verb)) {
    fault = state_.ReadFault(absl::StrCat(ControlVerbName(request.verb), "-", request.service));
  }
  if (!fault.ok()) return Reply(id, Refuse(kErrorBadRequest, fault.status().message()));
  switch (fault->kind) {
    case Fault::Kind::kHang:
      return;
    case Fault::Kind::kFail:
      return Reply(id, Refuse(absl::StrCat(fault->code), "the request failed"));
    case Fault::Kind::kLie:
      return Reply(id, Carry({ControlVerb::kQuery, request.service, {}}));
    case Fault::Kind::kSlow:
      return loop_.After(fault->delay, [this, id, request] { Reply(id, Carry(request)); });
    default:
      return Reply(id, Carry(request));
  }
}

void HostManager::Reply(StreamServer::ConnectionId id, const ControlReply& reply) {
  server_->Send(id, absl::StrCat(FormatControlReply(reply), "\n"));
  server_->Close(id);
}

ControlReply HostManager::Carry(const ControlRequest& request) {
  if (request.verb == ControlVerb::kShutdown) {
    Shutdown();
    return {};
  }
  for (const std::unique_ptr<ManagedService>& service : services_) {
    if (service->name() != request.service) continue;
    switch (request.verb) {
      case ControlVerb::kStart:
        return shutting_down_ ? Refuse(kErrorBusy, "the host is shutting down") : service->Start();
      case ControlVerb::kStop:
        return service->Stop();
      case ControlVerb::kSetStartupType:
        return service->SetStartupType(request.startup_type);
      default:
        return service->Query();
    }
  }
  return Refuse(kErrorNotFound, absl::StrCat("there is no service ", request.service));
}

void HostManager::OnSignal(int number) {
  if (number == SIGCHLD) {
    Reap();
  } else {
    Shutdown();
  }
}

void HostManager::Reap() {
  // Signals of several children merge into one: every own child is asked after.
  for (const std::unique_ptr<ManagedService>& service : services_) {
    int wait_status = 0;
    if (service->has_process() && waitpid(service->pid(), &wait_status, WNOHANG) > 0) {
      service->Reaped(wait_status);
    }
  }
  EndIfAllStopped();
}

void HostManager::Shutdown() {
  if (shutting_down_) return;
  shutting_down_ = true;
  for (const std::unique_ptr<ManagedService>& service : services_) service->Signal(SIGTERM);
  loop_.After(kShutdownGrace, [this] {
    for (const std::unique_ptr<ManagedService>& service : services_) service->Signal(SIGKILL);
  });
  // Not at once: the answer to a `shutdown` must still be sent.
  loop_.After(absl::ZeroDuration(), [this] { EndIfAllStopped(); });
}

void HostManager::EndIfAllStopped() {
  if (!shutting_down_) return;
  for (const std::unique_ptr<ManagedService>& service : services_) {
    if (service->has_process()) return;
  }
  std::error_code ignored;
  std::filesystem::remove(state_.Path(kControlSocketName), ignored);
  loop_.Stop(0);
}

}  // namespace baton::standin
