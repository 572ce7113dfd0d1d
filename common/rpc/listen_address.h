#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace baton {

// INVALID_ARGUMENT unless `address` is "HOST:PORT" with a port of 0 to 65535; an IPv6 address
// stands in square brackets.
absl::Status CheckListenAddress(absl::string_view address);

// Why a server could not listen on `address`, which gRPC does not tell: tries again with a socket
// of its own. FAILED_PRECONDITION with the system's words, "listen on 10.0.0.1:7601: Address
// already in use (EADDRINUSE)". Never ok. REQUIRES: CheckListenAddress is ok.
absl::Status DiagnoseListenFailure(absl::string_view address);

}  // namespace baton
