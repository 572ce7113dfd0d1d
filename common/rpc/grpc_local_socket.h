#pragma once

#include <grpcpp/server_builder.h>

#include <string>

#include "absl/status/status.h"
#include "common/rpc/peer_authorization.h"

namespace baton {

// Adds a unix socket at `path` to a server that is being built. Whoever can reach the socket is an
// operator with the actor "local:root", without a certificate: so its folder must exist, belong to
// the user of this process and be closed to everybody else (mode 0700). A socket that a dead
// process left there is replaced. FAILED_PRECONDITION if the folder is not so, INVALID_ARGUMENT if
// the path is not absolute or too long for a socket. Methods that operators may not call by
// `policy` are closed here too.
absl::Status AddLocalSocket(grpc::ServerBuilder& builder, const std::string& path,
                            const MethodPolicy& policy);

}  // namespace baton
