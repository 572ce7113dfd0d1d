#pragma once

#include <string>

#include <grpcpp/server_context.h>

#include "common/pki/names.h"

namespace baton {

// Who makes a call, as the server's GrpcAuthProcessor has established it.
struct Peer {
  PeerName name;
  bool local = false;  // came through the unix socket, where the kernel's file permissions decide

  // What journals and logs write: "operator:alice", or "local:root" for the unix socket.
  std::string Actor() const;
};

// The peer of a call that a server of GrpcServer has accepted. Everything in it was proved by the
// TLS handshake and is of the server's own farm; through the unix socket the farm id is empty and
// the role is operator.
//
// In a context that never saw authorization (a handler called by a unit test) the answer is a
// viewer named "unauthenticated", who may not do anything.
Peer PeerOf(const grpc::ServerContextBase& context);

// The same of a connection's properties.
Peer PeerOf(const grpc::AuthContext& connection);

}  // namespace baton
