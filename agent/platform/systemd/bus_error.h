#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace baton {

// Makes a Status of a failed exchange on D-Bus. `name` is the error's, for example
// `org.freedesktop.systemd1.UnitMasked`, `message` the words that came with it, which the result
// ends with; `error_number` is what sd-bus returned, positive, and decides where the name says
// nothing. The names are systemd's (org.freedesktop.systemd1(5), bus-common-errors.h) and those of
// the D-Bus specification. The codes are those that ServiceManager promises: UNAVAILABLE and
// DEADLINE_EXCEEDED for what may pass, NOT_FOUND for a unit that does not exist,
// FAILED_PRECONDITION for one that may not be started or changed, PERMISSION_DENIED, else INTERNAL.
absl::Status BusError(absl::string_view name, absl::string_view message, int error_number);

}  // namespace baton
