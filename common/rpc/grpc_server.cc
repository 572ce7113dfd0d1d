#include "common/rpc/grpc_server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/grpc_channel.h"
#include "common/rpc/grpc_local_socket.h"
#include "common/rpc/listen_failure.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// gRPC's synchronous server ends idle polling threads and starts new ones all the time, unless it
// may keep that many. On Windows a read that an ended thread had issued can be lost: under Wine 8
// connections break with "Socket closed" as soon as a few clients call at once. Threads that stay
// cost only their stacks.
constexpr int kPollersMax = 64;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void SetLimits(grpc::ServerBuilder& builder) {
  // One queue, so that the number of pollers is the number of pollers.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kPollersMax);
  builder.SetResourceQuota(grpc::ResourceQuota("server").SetMaxThreads(kServerThreadsMax));
  builder.SetMaxReceiveMessageSize(kMessageSizeBytesMax);
  builder.SetMaxSendMessageSize(kMessageSizeBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsPerConnectionMax);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(kHandshakeTimeout));
}

void SetKeepalive(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Our own clients send this often; half, so that a delayed ping after a punctual one is no
  // offence.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             Milliseconds(kKeepaliveInterval / 2));
}

void EnableStandardServices() {
  // Both are switches of the whole process and do nothing the second time.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const GrpcServerOptions& options, const GrpcCredentials& credentials,
    const std::vector<grpc::Service*>& services) {
  EnableStandardServices();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  SetKeepalive(builder);
  // By default gRPC shares a port with other processes that do so too: a second instance would
  // start and take half of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  int port = 0;
  builder.AddListeningPort(options.listen.ToString(), credentials.ForServer(options.policy), &port);
  if (!options.local_socket.empty()) {
    RETURN_IF_ERROR(AddLocalSocket(builder, options.local_socket, options.policy));
  }
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return DiagnoseListenFailure(options.listen);
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(server), port));
}

GrpcServer::GrpcServer(std::unique_ptr<grpc::Server> server, int port)
    : server_(std::move(server)), port_(port) {}

GrpcServer::~GrpcServer() { Shutdown(absl::ZeroDuration()); }

void GrpcServer::Shutdown(absl::Duration grace) {
  server_->GetHealthCheckService()->SetServingStatus(false);
  server_->Shutdown(gpr_time_from_millis(absl::ToInt64Milliseconds(grace), GPR_TIMESPAN));
}

}  // namespace baton
