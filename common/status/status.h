#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace baton {

// Puts `context` and ": " before the message of an error, keeping code and payloads. Messages grow
// from the outside in and end with the system's own words. An ok status is returned unchanged.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

// Makes a Status of a POSIX error number: "`context`: No such file or directory (ENOENT)". The code
// says what the caller can do: ENOENT is NOT_FOUND, EACCES, EPERM and EROFS are PERMISSION_DENIED,
// ENOSPC and EDQUOT are RESOURCE_EXHAUSTED, EEXIST is ALREADY_EXISTS, connection errors and EAGAIN
// are UNAVAILABLE, ETIMEDOUT is DEADLINE_EXCEEDED, ELOOP, ENOTDIR, EISDIR and ENXIO (the path is of
// the wrong kind) are FAILED_PRECONDITION, the rest is INTERNAL.
absl::Status PosixError(absl::string_view context, int error_number);

}  // namespace baton
