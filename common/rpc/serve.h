#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/rpc/peer.h"

namespace baton::rpc {

// Logs who called `method` and with what outcome, and converts the outcome for gRPC.
grpc::Status FinishCall(const Peer& peer, absl::string_view method, const absl::Status& status);

// The body of a unary handler. Calls `handle(const Peer&)`, which returns a StatusOr of the
// response:
//
//   grpc::Status AgentService::GetHost(grpc::ServerContext* context, const GetHostRequest* request,
//                                      Host* response) {
//     return rpc::Serve(*context, "GetHost", *response,
//                       [&](const Peer&) { return agent_.GetHost(*request); });
//   }
template <typename Response, typename Handler>
grpc::Status Serve(const grpc::ServerContextBase& context, absl::string_view method,
                   Response& response, Handler&& handle) {
  const Peer peer = PeerOf(context);
  absl::StatusOr<Response> result = std::forward<Handler>(handle)(peer);
  const absl::Status status = result.status();
  if (status.ok()) response = *std::move(result);
  return FinishCall(peer, method, status);
}

// The body of a streaming handler: `handle(const Peer&)` writes by itself and returns a Status.
template <typename Handler>
grpc::Status ServeStream(const grpc::ServerContextBase& context, absl::string_view method,
                         Handler&& handle) {
  const Peer peer = PeerOf(context);
  return FinishCall(peer, method, std::forward<Handler>(handle)(peer));
}

}  // namespace baton::rpc
