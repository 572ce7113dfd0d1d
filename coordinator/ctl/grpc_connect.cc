#include "coordinator/ctl/grpc_connect.h"

#include <utility>

#include "common/pki/identity.h"
#include "common/rpc/grpc_channel.h"
#include "common/rpc/grpc_credentials.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/connect.h"
#include "coordinator/ctl/grpc_coordinator_client.h"

namespace baton::ctl {

absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(const Options& options,
                                                           FileSystem& files, Clock& clock,
                                                           const std::string& home) {
  ASSIGN_OR_RETURN(const Endpoint endpoint, ChooseEndpoint(options, files, home));
  if (!endpoint.socket.empty()) {
    return std::make_unique<GrpcCoordinatorClient>(endpoint.socket,
                                                   MakeLocalChannel(endpoint.socket));
  }
  absl::StatusOr<Identity> identity = LoadIdentity(
      files, endpoint.identity,
      {.farm_id = std::nullopt, .roles = {Role::kOperator, Role::kViewer}, .name = std::nullopt},
      clock.Now());
  if (!identity.ok()) return absl::UnauthenticatedError(identity.status().message());
  auto credentials = std::make_unique<GrpcCredentials>(files, clock, *std::move(identity));
  auto channel = MakeChannel(endpoint.address, *credentials, ExpectedPeer());
  return std::make_unique<GrpcCoordinatorClient>(endpoint.address.ToString(), std::move(channel),
                                                 std::move(credentials));
}

}  // namespace baton::ctl
