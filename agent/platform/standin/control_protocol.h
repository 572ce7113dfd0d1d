#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The language between a lab host's service manager (`platform-standin host --state DIR`) and its
// clients.
//
// The manager listens on the unix stream socket DIR/control.sock. A client connects, sends one
// request line, receives one reply line, and the manager closes. Lines end in '\n' and are ASCII
// words separated by single spaces:
//
//   query NAME | start NAME | stop NAME | set-startup-type NAME automatic|manual|disabled |
//   shutdown ok state=STATE startup-type=TYPE pid=N      the service as it is after the request was
//   taken ok                                          to `shutdown` error CODE words nothing was
//   done
//
// As with the Windows service manager, `start` and `stop` only request: `ok` says that the request
// was taken, and the caller polls `query`. All functions here are pure and thread-safe.
namespace baton::standin {

inline constexpr absl::string_view kControlSocketName = "control.sock";
inline constexpr size_t kControlLineBytesMax = 1024;  // without the '\n'
inline constexpr size_t kServiceNameBytesMax = 64;

// Codes of error replies. Injected faults may bring others.
inline constexpr absl::string_view kErrorNotFound = "not-found";              // Windows error 1060
inline constexpr absl::string_view kErrorDisabled = "disabled";               // 1058
inline constexpr absl::string_view kErrorAlreadyRunning = "already-running";  // 1056
inline constexpr absl::string_view kErrorNotActive = "not-active";            // 1062
inline constexpr absl::string_view kErrorBusy = "busy";                       // 1061
inline constexpr absl::string_view kErrorBadRequest = "bad-request";

enum class StartupType { kAutomatic, kManual, kDisabled };

// kFailed: the process ended although nobody asked it to.
enum class RunState { kStopped, kStarting, kRunning, kStopping, kFailed };

enum class ControlVerb { kQuery, kStart, kStop, kSetStartupType, kShutdown };

struct ControlRequest {
  ControlVerb verb = ControlVerb::kQuery;
  std::string service;                                 // empty for kShutdown
  StartupType startup_type = StartupType::kAutomatic;  // for kSetStartupType
};

struct ServiceStatus {
  RunState state = RunState::kStopped;
  StartupType startup_type = StartupType::kDisabled;
  int64_t pid = 0;  // 0 when there is no process
};

struct ControlError {
  std::string code;   // one word
  std::string words;  // for people
};

// Exactly one of `status` (not for shutdown) and `error` may be set.
struct ControlReply {
  std::optional<ServiceStatus> status;
  std::optional<ControlError> error;
};

absl::string_view StartupTypeName(StartupType type);
absl::string_view RunStateName(RunState state);
absl::string_view ControlVerbName(ControlVerb verb);

// INVALID_ARGUMENT unless `name` is one of automatic, manual, disabled.
absl::StatusOr<StartupType> ParseStartupType(absl::string_view name);

// INVALID_ARGUMENT unless `name` is one of stopped, starting, running, stopping, failed.
absl::StatusOr<RunState> ParseRunState(absl::string_view name);

// Lines without the '\n'. REQUIRES: a service name of a-z, 0-9 and '-' only.
std::string FormatControlRequest(const ControlRequest& request);
std::string FormatControlReply(const ControlReply& reply);

// INVALID_ARGUMENT, quoting what was wrong, for anything that the formatting functions cannot make.
absl::StatusOr<ControlRequest> ParseControlRequest(absl::string_view line);
absl::StatusOr<ControlReply> ParseControlReply(absl::string_view line);

}  // namespace baton::standin
