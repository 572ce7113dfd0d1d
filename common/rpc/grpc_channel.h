#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/config/address.h"
#include "common/rpc/grpc_credentials.h"

namespace baton {

// The largest message in either direction, on servers and clients.
inline constexpr int kMessageSizeBytesMax = 16 * 1024 * 1024;

// A connection on which nothing comes back is found dead after interval plus time-out, also while
// no call runs: the next call must not be the one to find out.
inline constexpr absl::Duration kKeepaliveInterval = absl::Seconds(10);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(5);

// How long a channel waits between attempts to connect, from the first to the longest, and how long
// one attempt may take.
inline constexpr absl::Duration kReconnectBackoffMin = absl::Milliseconds(100);
inline constexpr absl::Duration kReconnectBackoffMax = absl::Seconds(2);
inline constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

// A channel to `address` that connects when first used and reconnects for ever. Proxies of the
// environment are not used: what stands in the farm file is the address.
std::shared_ptr<grpc::Channel> MakeChannel(const HostPort& address,
                                           const GrpcCredentials& credentials,
                                           const ExpectedPeer& expected);

// A channel to the unix socket at `path`.
std::shared_ptr<grpc::Channel> MakeLocalChannel(const std::string& path);

}  // namespace baton
