#include "agent/platform/standin/standin_service_manager.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/process/file_descriptor.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ServiceState;
using standin::ControlError;
using standin::ControlReply;
using standin::ControlRequest;
using standin::ControlVerb;
using standin::kControlLineBytesMax;

plan::v1::RunState ToProto(standin::RunState state) {
  switch (state) {
    case standin::RunState::kStopped:
      return plan::v1::STOPPED;
    case standin::RunState::kStarting:
      return plan::v1::STARTING;
    case standin::RunState::kRunning:
      return plan::v1::RUNNING;
    case standin::RunState::kStopping:
      return plan::v1::STOPPING;
    case standin::RunState::kFailed:
      return plan::v1::FAILED;
  }
  return plan::v1::RUN_STATE_UNSPECIFIED;
}

plan::v1::StartupType ToProto(standin::StartupType type) {
  switch (type) {
    case standin::StartupType::kAutomatic:
      return plan::v1::AUTOMATIC;
    case standin::StartupType::kManual:
      return plan::v1::MANUAL;
    case standin::StartupType::kDisabled:
      return plan::v1::DISABLED;
  }
  return plan::v1::STARTUP_TYPE_UNSPECIFIED;
}

absl::Status ToStatus(const ControlError& error) {
  const std::string message = absl::StrCat(error.code, ": ", error.words);
  if (error.code == standin::kErrorNotFound) return absl::NotFoundError(message);
  if (error.code == standin::kErrorDisabled) return absl::FailedPreconditionError(message);
  if (error.code == standin::kErrorBusy) return absl::UnavailableError(message);
  return absl::InternalError(message);
}

// The service is where it was to go already, which to a caller of ServiceManager is no error.
bool IsThere(const ControlReply& reply) {
  return !reply.error.has_value() || reply.error->code == standin::kErrorAlreadyRunning ||
         reply.error->code == standin::kErrorNotActive;
}

absl::Status Unavailable(const std::string& path, int error_number) {
  return absl::UnavailableError(PosixError(path, error_number).message());
}

absl::StatusOr<FileDescriptor> Connect(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": too long for a unix socket"));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.open()) return PosixError(path, errno);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Unavailable(path, errno);
  }
  return socket;
}

// Waits until the socket can be read, or the deadline has passed.
absl::Status AwaitBytes(const FileDescriptor& socket, absl::Duration deadline) {
  const absl::Duration left = deadline - SystemClock().Monotonic();
  pollfd entry = {socket.get(), POLLIN, 0};
  const int left_ms = static_cast<int>(absl::ToInt64Milliseconds(left));
  const int ready = left_ms > 0 ? poll(&entry, 1, left_ms) : 0;
  if (ready < 0 && errno != EINTR) return absl::UnavailableError(std::strerror(errno));
  return ready == 0 ? absl::DeadlineExceededError("no answer in time") : absl::OkStatus();
}

// One line, without its end.
absl::StatusOr<std::string> ReadLine(const FileDescriptor& socket, absl::Duration deadline) {
  std::string line;
  while (line.size() <= kControlLineBytesMax) {
    RETURN_IF_ERROR(AwaitBytes(socket, deadline));
    char bytes[kControlLineBytesMax + 1];
    const ssize_t size = recv(socket.get(), bytes, sizeof(bytes), 0);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0) return absl::UnavailableError("the connection ended before the answer");
    line.append(bytes, static_cast<size_t>(size));
    const size_t end = line.find('\n');
    if (end != std::string::npos) return line.substr(0, end);
  }
  return absl::InternalError("the answer is too long");
}

}  // namespace

StandinServiceManager::StandinServiceManager(const std::string& state_folder,
                                             std::map<plan::v1::Service, std::string> names,
                                             absl::Duration call_timeout)
    : socket_path_(absl::StrCat(state_folder, "/", standin::kControlSocketName)),
      names_(std::move(names)),
      call_timeout_(call_timeout) {}

absl::StatusOr<ServiceState> StandinServiceManager::Query(plan::v1::Service service) {
  ServiceState state;
  state.set_service(service);
  state.set_run_state(plan::v1::ABSENT);
  const auto name = names_.find(service);
  if (name == names_.end()) return state;
  ASSIGN_OR_RETURN(const ControlReply reply, Ask({ControlVerb::kQuery, name->second, {}}));
  if (reply.error.has_value()) {
    if (reply.error->code == standin::kErrorNotFound) return state;
    return Annotate(ToStatus(*reply.error), absl::StrCat("query ", name->second));
  }
  if (!reply.status.has_value()) return absl::InternalError("an answer without a state");
  state.set_run_state(ToProto(reply.status->state));
  state.set_startup_type(ToProto(reply.status->startup_type));
  state.set_detail(reply.status->pid > 0 ? absl::StrCat(standin::RunStateName(reply.status->state),
                                                        ", process ", reply.status->pid)
                                         : std::string(standin::RunStateName(reply.status->state)));
  state.set_can_disable(true);
  return state;
}

absl::Status StandinServiceManager::RequestStart(plan::v1::Service service) {
  return Request(ControlVerb::kStart, service, {});
}

absl::Status StandinServiceManager::RequestStop(plan::v1::Service service) {
  return Request(ControlVerb::kStop, service, {});
}

absl::Status StandinServiceManager::SetStartupType(plan::v1::Service service,
                                                   plan::v1::StartupType startup_type) {
  absl::StatusOr<standin::StartupType> type = standin::ParseStartupType(Word(startup_type));
  if (!type.ok()) return absl::FailedPreconditionError(type.status().message());
  return Request(ControlVerb::kSetStartupType, service, *type);
}

absl::Status StandinServiceManager::Request(ControlVerb verb, plan::v1::Service service,
                                            standin::StartupType startup_type) {
  const auto name = names_.find(service);
  if (name == names_.end()) {
    return absl::NotFoundError(absl::StrCat("the profile names no service ", Word(service)));
  }
  ASSIGN_OR_RETURN(const ControlReply reply, Ask({verb, name->second, startup_type}));
  if (IsThere(reply)) return absl::OkStatus();
  return Annotate(ToStatus(*reply.error),
                  absl::StrCat(standin::ControlVerbName(verb), " ", name->second));
}

absl::StatusOr<ControlReply> StandinServiceManager::Ask(const ControlRequest& request) const {
  const absl::Duration deadline = SystemClock().Monotonic() + call_timeout_;
  ASSIGN_OR_RETURN(const FileDescriptor socket, Connect(socket_path_));
  // A request line is far smaller than a socket's buffer: it goes out in one piece.
  const std::string request_line = absl::StrCat(standin::FormatControlRequest(request), "\n");
  if (send(socket.get(), request_line.data(), request_line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request_line.size())) {
    return Unavailable(socket_path_, errno);
  }
  absl::StatusOr<std::string> line = ReadLine(socket, deadline);
  if (!line.ok()) return Annotate(line.status(), socket_path_);
  return standin::ParseControlReply(*line);
}

}  // namespace baton
