#pragma once

#include "absl/status/status.h"
#include "common/config/address.h"

namespace baton {

// Why a server could not listen on `address`, which gRPC does not tell: tries again with a socket
// of its own. FAILED_PRECONDITION with the system's words, "listen on 10.0.0.1:7601: Address
// already in use (EADDRINUSE)". Never ok.
absl::Status DiagnoseListenFailure(const HostPort& address);

}  // namespace baton
