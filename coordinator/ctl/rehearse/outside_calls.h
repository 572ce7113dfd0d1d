#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// How a rehearsal looks at its lab without asking Baton: connections of its own.
namespace baton::rehearse {

// Longest wait for an answer, connecting included.
inline constexpr absl::Duration kCallTimeout = absl::Seconds(5);
// Longest answer.
inline constexpr size_t kAnswerSizeMax = size_t{64} << 10;

// Whether something accepts connections at a literal IPv4 address.
bool Accepts(const std::string& address, uint16_t port);

// Sends `request` and returns everything that comes until the other side closes. UNAVAILABLE if
// there is no connection, DEADLINE_EXCEEDED after kCallTimeout, OUT_OF_RANGE for a longer answer.
absl::StatusOr<std::string> AskTcp(const std::string& address, uint16_t port,
                                   const std::string& request);
// The same with a unix socket.
absl::StatusOr<std::string> AskUnix(const std::string& path, const std::string& request);

}  // namespace baton::rehearse
