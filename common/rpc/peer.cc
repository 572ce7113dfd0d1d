#include "common/rpc/peer.h"

#include <grpc/grpc_security_constants.h>

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/rpc/grpc_auth_processor.h"

namespace baton {
namespace {

constexpr absl::string_view kLocalUser = "root";

}  // namespace

std::string Peer::Actor() const {
  return local ? absl::StrCat("local:", name.name) : FormatActor(name);
}

Peer PeerOf(const grpc::AuthContext& connection) {
  if (IsLocalConnection(connection)) {
    return {PeerName{"", Role::kOperator, std::string(kLocalUser)}, true};
  }
  // The certificate was read in full, and two names refused, by the auth processor.
  for (const grpc::string_ref& uri : connection.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    absl::StatusOr<PeerName> name = ParsePeerUri(absl::string_view(uri.data(), uri.size()));
    if (name.ok()) return {*std::move(name), false};
  }
  return {PeerName{"", Role::kViewer, "unauthenticated"}, false};
}

Peer PeerOf(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> connection = context.auth_context();
  if (connection == nullptr) return {PeerName{"", Role::kViewer, "unauthenticated"}, false};
  return PeerOf(*connection);
}

}  // namespace baton
