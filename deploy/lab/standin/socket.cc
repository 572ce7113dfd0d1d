#include "deploy/lab/standin/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr int kBacklog = 64;

absl::StatusOr<sockaddr_in> SocketAddress(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", endpoint.address, "\" is not an IPv4 address"));
  }
  return address;
}

absl::StatusOr<sockaddr_un> SocketAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": longer than a socket path may be"));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// The two families differ in the structure only.
template <typename Address>
int BindTo(const FileDescriptor& socket, const Address& address) {
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

template <typename Address>
int ConnectTo(const FileDescriptor& socket, const Address& address) {
  return connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

FileDescriptor NewSocket(int family) {
  return FileDescriptor(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

absl::Status CannotBind(absl::string_view where, int error_number) {
  return absl::FailedPreconditionError(
      PosixError(absl::StrCat("Failed to bind to address ", where), error_number).message());
}

absl::Status CannotConnect(const Endpoint& endpoint, int error_number) {
  if (error_number == ECONNREFUSED) {
    return absl::UnavailableError(
        absl::StrCat("No connection could be made because the target machine actively refused it ",
                     endpoint.ToString()));
  }
  return absl::UnavailableError(PosixError(endpoint.ToString(), error_number).message());
}

// Waits until a started connect has ended. The error number it ended with, 0 for none.
int ConnectResult(const FileDescriptor& socket, absl::Duration timeout) {
  pollfd entry{socket.get(), POLLOUT, 0};
  const int ready = poll(&entry, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  if (ready == 0) return ETIMEDOUT;
  int error_number = errno;
  socklen_t size = sizeof(error_number);
  if (ready > 0) getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error_number, &size);
  return error_number;
}

}  // namespace

std::string Endpoint::ToString() const { return absl::StrCat(address, ":", port); }

absl::StatusOr<Endpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  int port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not ADDRESS:PORT"));
  }
  Endpoint endpoint{std::string(text.substr(0, colon)), static_cast<uint16_t>(port)};
  RETURN_IF_ERROR(SocketAddress(endpoint).status());
  return endpoint;
}

absl::StatusOr<FileDescriptor> ListenTcp(const Endpoint& endpoint) {
  ASSIGN_OR_RETURN(const sockaddr_in address, SocketAddress(endpoint));
  if (address.sin_addr.s_addr == INADDR_ANY) {
    return absl::InvalidArgumentError("a stand-in host listens on its own address only");
  }
  FileDescriptor socket = NewSocket(AF_INET);
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (BindTo(socket, address) != 0 || listen(socket.get(), kBacklog) != 0) {
    return CannotBind(endpoint.ToString(), errno);
  }
  return socket;
}

absl::StatusOr<FileDescriptor> ListenUnix(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, SocketAddress(path));
  if (ConnectUnix(path).ok()) {
    return absl::AlreadyExistsError(absl::StrCat(path, ": another process listens there"));
  }
  unlink(path.c_str());
  FileDescriptor socket = NewSocket(AF_UNIX);
  const mode_t old_mask = umask(0177);
  const int bound = BindTo(socket, address);
  const int error_number = errno;
  umask(old_mask);
  if (bound != 0) return CannotBind(path, error_number);
  if (listen(socket.get(), kBacklog) != 0) return CannotBind(path, errno);
  return socket;
}

absl::StatusOr<uint16_t> PortOf(const FileDescriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return PosixError("getsockname", errno);
  }
  return ntohs(address.sin_port);
}

absl::StatusOr<FileDescriptor> ConnectTcp(const Endpoint& endpoint, const std::string& source,
                                          absl::Duration timeout) {
  ASSIGN_OR_RETURN(const sockaddr_in address, SocketAddress(endpoint));
  FileDescriptor socket = NewSocket(AF_INET);
  if (!source.empty()) {
    ASSIGN_OR_RETURN(const sockaddr_in from, SocketAddress(Endpoint{source, 0}));
    // The port is chosen at connect, by destination: thousands of probes must not use the ports up.
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (BindTo(socket, from) != 0) return CannotConnect(endpoint, errno);
  }
  if (ConnectTo(socket, address) == 0) return socket;
  const int error_number = errno == EINPROGRESS ? ConnectResult(socket, timeout) : errno;
  if (error_number != 0) return CannotConnect(endpoint, error_number);
  return socket;
}

absl::StatusOr<FileDescriptor> ConnectUnix(const std::string& path) {
  ASSIGN_OR_RETURN(const sockaddr_un address, SocketAddress(path));
  FileDescriptor socket = NewSocket(AF_UNIX);
  if (ConnectTo(socket, address) != 0) return PosixError(path, errno);
  return socket;
}

}  // namespace baton::standin
