#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/process/file_descriptor.h"

namespace baton::standin {

// A literal IPv4 address and a port. The stand-in resolves no names.
struct Endpoint {
  std::string address;
  uint16_t port = 0;

  std::string ToString() const;
};

// Reads ADDRESS:PORT, port 0 to 65535. INVALID_ARGUMENT otherwise.
absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text);

// A non-blocking listening socket. INVALID_ARGUMENT if the address is no literal or is 0.0.0.0:
// hosts of a lab share a machine, and each keeps to its own address. FAILED_PRECONDITION if it
// cannot be bound.
absl::StatusOr<FileDescriptor> ListenTcp(const Endpoint& endpoint);

// As ListenTcp, on a unix socket with mode 0600. A socket file that nobody listens on is replaced;
// ALREADY_EXISTS if somebody does.
absl::StatusOr<FileDescriptor> ListenUnix(const std::string& path);

// The port that a listening socket got.
absl::StatusOr<uint16_t> PortOf(const FileDescriptor& socket);

// A connected non-blocking socket. `source` is the address to connect from, so that labs can cut
// hosts apart; empty lets the system choose. UNAVAILABLE if nobody accepts within `timeout`.
absl::StatusOr<FileDescriptor> ConnectTcp(const Endpoint& endpoint, const std::string& source,
                                          absl::Duration timeout);
absl::StatusOr<FileDescriptor> ConnectUnix(const std::string& path);

}  // namespace baton::standin
