#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/address.h"
#include "common/rpc/grpc_credentials.h"
#include "common/rpc/peer_authorization.h"

namespace baton {

// What a server of ours offers and where.
struct GrpcServerOptions {
  HostPort listen;           // port 0 lets the system choose one
  std::string local_socket;  // the path of a unix socket as well; empty for none
  MethodPolicy policy;       // for both; also rules for kHealthService and kReflectionService
};

// More connections or calls than these wait, or are refused with RESOURCE_EXHAUSTED.
inline constexpr int kServerThreadsMax = 256;
inline constexpr int kCallsPerConnectionMax = 100;

// A client that does not finish its TLS handshake in this time is disconnected.
inline constexpr absl::Duration kHandshakeTimeout = absl::Seconds(10);

// A running gRPC server: mutual TLS and authorization for every method, health service and
// reflection included. Thread-safe.
class GrpcServer {
 public:
  // Listens and serves; health says SERVING for "" from now on. `services` and what `credentials`
  // refer to must outlive the server. FAILED_PRECONDITION with the system's words
  // for an address that cannot be listened on; errors of AddLocalSocket.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const GrpcServerOptions& options, const GrpcCredentials& credentials,
      const std::vector<grpc::Service*>& services);

  // Shuts down without grace if nobody did before.
  ~GrpcServer();

  // The TCP port that the server listens on.
  int port() const { return port_; }

  // Refuses new calls at once, lets running ones finish for `grace`, then cancels them. Returns
  // when every handler has returned, so handlers of long calls must watch for cancellation. Any
  // number of calls, from any thread but a handler's.
  void Shutdown(absl::Duration grace);

 private:
  GrpcServer(std::unique_ptr<grpc::Server> server, int port);

  const std::unique_ptr<grpc::Server> server_;
  const int port_;
};

}  // namespace baton
