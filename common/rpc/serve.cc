#include "common/rpc/serve.h"

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/grpc_status.h"

namespace baton::rpc {

grpc::Status FinishCall(const Peer& peer, absl::string_view method, const absl::Status& status) {
  if (status.ok()) {
    // Debug: polls and health checks would drown the rest.
    LogDebug(absl::StrCat(method, " for ", peer.Actor(), ": ok"));
  } else {
    LogWarning(absl::StrCat(method, " for ", peer.Actor(), ": ", status.ToString()));
  }
  return ToGrpcStatus(status);
}

}  // namespace baton::rpc
