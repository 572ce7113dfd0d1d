#include "agent/platform/systemd/bus_error.h"

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"

namespace baton {
namespace {

struct NamedError {
  absl::string_view name;
  absl::StatusCode code;
};

constexpr NamedError kSystemdErrors[] = {
    {"NoSuchUnit", absl::StatusCode::kNotFound},
    {"UnitMasked", absl::StatusCode::kFailedPrecondition},
    {"BadUnitSetting", absl::StatusCode::kFailedPrecondition},
    {"LoadFailed", absl::StatusCode::kFailedPrecondition},
    {"OnlyByDependency", absl::StatusCode::kFailedPrecondition},
    {"UnitGenerated", absl::StatusCode::kFailedPrecondition},
    {"ShuttingDown", absl::StatusCode::kUnavailable},
    // The transaction contradicts jobs that may not be replaced, as during a shutdown.
    {"TransactionIsDestructive", absl::StatusCode::kUnavailable},
    {"TransactionJobsConflicting", absl::StatusCode::kUnavailable},
};

constexpr NamedError kBusErrors[] = {
    {"AccessDenied", absl::StatusCode::kPermissionDenied},
    {"AuthFailed", absl::StatusCode::kPermissionDenied},
    {"InteractiveAuthorizationRequired", absl::StatusCode::kPermissionDenied},
    {"FileNotFound", absl::StatusCode::kNotFound},
    {"FileExists", absl::StatusCode::kFailedPrecondition},
    {"NoReply", absl::StatusCode::kDeadlineExceeded},
    {"TimedOut", absl::StatusCode::kDeadlineExceeded},
    {"Timeout", absl::StatusCode::kDeadlineExceeded},
    {"Disconnected", absl::StatusCode::kUnavailable},
    {"NameHasNoOwner", absl::StatusCode::kUnavailable},
    {"NoServer", absl::StatusCode::kUnavailable},
    {"ServiceUnknown", absl::StatusCode::kUnavailable},
    {"LimitsExceeded", absl::StatusCode::kUnavailable},
};

template <size_t N>
absl::StatusCode Find(const NamedError (&table)[N], absl::string_view name,
                      absl::StatusCode otherwise) {
  for (const NamedError& error : table) {
    if (error.name == name) return error.code;
  }
  return otherwise;
}

absl::StatusCode CodeOf(absl::string_view name, absl::StatusCode otherwise) {
  if (absl::ConsumePrefix(&name, "org.freedesktop.systemd1.")) {
    return Find(kSystemdErrors, name, otherwise);
  }
  if (absl::ConsumePrefix(&name, "org.freedesktop.DBus.Error.")) {
    return Find(kBusErrors, name, otherwise);
  }
  return otherwise;
}

// Numbers that say that the connection is gone or was never made.
bool IsDisconnected(int error_number) {
  return error_number == ENOTCONN || error_number == ECONNABORTED || error_number == EBADF ||
         error_number == ESHUTDOWN;
}

}  // namespace

absl::Status BusError(absl::string_view name, absl::string_view message, int error_number) {
  absl::Status by_number = PosixError("D-Bus", error_number);
  if (IsDisconnected(error_number)) by_number = absl::UnavailableError(by_number.message());
  const absl::StatusCode code = CodeOf(name, by_number.code());
  return message.empty() ? absl::Status(code, by_number.message()) : absl::Status(code, message);
}

}  // namespace baton
