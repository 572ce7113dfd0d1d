#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>

#include "absl/status/status.h"

namespace baton {

// A longer message is cut, and says so: gRPC carries it in a header, and a peer refuses headers
// above 8 KiB, in which every byte that is not plain ASCII takes three.
inline constexpr size_t kStatusMessageSizeMax = 2048;

// The one place where the two kinds of status meet. Their codes are the same numbers; a number that
// is none of them becomes UNKNOWN. Payloads do not cross.
grpc::Status ToGrpcStatus(const absl::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace baton
