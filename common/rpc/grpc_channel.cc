#include "common/rpc/grpc_channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace baton {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// With a scheme, or gRPC would take a host named "unix" for a socket; it cannot read one before the
// brackets of an IPv6 address, which nothing else looks like.
std::string Target(const HostPort& address) {
  const std::string text = address.ToString();
  return absl::StartsWith(text, "[") ? text : absl::StrCat("dns:///", text);
}

grpc::ChannelArguments MakeArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageSizeBytesMax);
  arguments.SetMaxSendMessageSize(kMessageSizeBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // no limit
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Milliseconds(kReconnectBackoffMin));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(kReconnectBackoffMax));
  // What gRPC calls the least time between attempts is also what it allows one attempt to take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(kConnectTimeout));
  // Its default of 30 s would hold a name back that has just moved to another address.
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS,
                   Milliseconds(kReconnectBackoffMax));
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return arguments;
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const HostPort& address,
                                           const GrpcCredentials& credentials,
                                           const ExpectedPeer& expected) {
  return grpc::CreateCustomChannel(Target(address), credentials.ForChannel(expected),
                                   MakeArguments());
}

std::shared_ptr<grpc::Channel> MakeLocalChannel(const std::string& path) {
  return grpc::CreateCustomChannel(absl::StrCat("unix:", path),
                                   grpc::experimental::LocalCredentials(UDS), MakeArguments());
}

}  // namespace baton
