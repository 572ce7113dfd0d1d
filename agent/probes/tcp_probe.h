#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace baton {

// What a port answers to a connection.
enum class TcpVerdict {
  kAccepts,  // somebody accepts connections
  kRefuses,  // the host is up and refuses: nothing listens there now, which proves nothing for
             // later
  kSilent,   // no answer within the time-out, or the network says that the host is not there
};

struct TcpAnswer {
  TcpVerdict verdict = TcpVerdict::kSilent;
  std::string words;  // the system's words; empty for kAccepts
};

// Opens a TCP connection to `host` (a name or an address, IPv6 without brackets) and closes it.
// Returns within `timeout`, name resolution included. An error says that it could not be tried from
// here, which is no verdict on the host: NOT_FOUND if the name does not resolve, INVALID_ARGUMENT
// for a host or a port (1 to 65535) that cannot be, UNAVAILABLE if this machine has no network
// there, the code of the system's error otherwise. Thread-safe; proxies of the environment are not
// used.
absl::StatusOr<TcpAnswer> ProbeTcp(const std::string& host, int port, absl::Duration timeout);

// What a connection attempt that failed with this error number says. An error if it says nothing
// about the host. Pure.
absl::StatusOr<TcpAnswer> ClassifyConnectError(int error_number);

}  // namespace baton
