#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/time/time.h"
#include "common/fs/file_system.h"
#include "common/pki/identity.h"
#include "common/rpc/grpc_peer_verifier.h"
#include "common/rpc/peer_authorization.h"
#include "common/time/clock.h"

namespace grpc::experimental {
class FileWatcherCertificateProvider;
}

namespace baton {

// How soon a renewed certificate is used by new connections.
inline constexpr absl::Duration kCertificateReloadInterval = absl::Seconds(10);

// Mutual TLS for one process: there is no other way to talk over TCP, and no option to turn it off.
// The files of the identity folder are watched, so that renewed certificates are used without a
// restart; open connections keep those that they were opened with. Peers of ours agree on TLS 1.3;
// gRPC also accepts 1.2. Thread-safe.
//
// Servers verify that the client's certificate was signed by the farm's authority, and each call
// again with GrpcAuthProcessor. Clients verify the server's certificate likewise and then its name
// "baton://FARM/ROLE/NAME", not its DNS name: addresses come from the farm file and may be
// literals, aliases or tunnels, whereas the URI says which host of which farm this is. So an agent
// that answers at the address of another one is refused, and so is an operator's certificate that
// poses as an agent.
class GrpcCredentials {
 public:
  // Starts a thread that watches the files; the last user of the credentials joins it. `fs` and
  // `clock` must outlive every server and channel made with them. `reload_interval` counts in
  // whole seconds, 1 s at least.
  GrpcCredentials(FileSystem& fs, Clock& clock, Identity identity,
                  absl::Duration reload_interval = kCertificateReloadInterval);
  ~GrpcCredentials();

  const Identity& identity() const { return identity_; }

  // For a server whose methods are open as `policy` says.
  std::shared_ptr<grpc::ServerCredentials> ForServer(const MethodPolicy& policy) const;

  // For a channel to one peer. A channel to a peer that is somebody else, or revoked, never becomes
  // ready: calls fail with UNAVAILABLE and a message that names both sides. Unlike a server, a
  // client asks this only when a connection is opened.
  std::shared_ptr<grpc::ChannelCredentials> ForChannel(const ExpectedPeer& expected) const;

 private:
  FileSystem& fs_;
  Clock& clock_;
  const Identity identity_;
  // Shared with gRPC, which keeps it as long as a server or channel lives.
  const std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider_;
};

}  // namespace baton
