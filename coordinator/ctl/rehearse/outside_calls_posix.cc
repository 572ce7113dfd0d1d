#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/process/file_descriptor.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/rehearse/outside_calls.h"

namespace baton::rehearse {
namespace {

// OK when the socket is ready for `events`.
absl::Status WaitFor(const FileDescriptor& socket, int16_t events, absl::Time deadline) {
  pollfd entry{socket.get(), events, 0};
  while (true) {
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    const timespec wait = absl::ToTimespec(left);
    const int count = ppoll(&entry, 1, &wait, nullptr);
    if (count > 0) return absl::OkStatus();
    if (count < 0 && errno != EINTR) return PosixError("poll", errno);
    if (count == 0) return absl::DeadlineExceededError("no answer in time");
  }
}

absl::StatusOr<FileDescriptor> Connect(int family, const sockaddr* address, socklen_t size,
                                       absl::Time deadline) {
  FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.open()) return PosixError("make a socket", errno);
  int error = connect(socket.get(), address, size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    RETURN_IF_ERROR(WaitFor(socket, POLLOUT, deadline));
    socklen_t error_size = sizeof(error);
    if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &error_size) != 0) error = errno;
  }
  if (error == 0) return socket;
  return absl::UnavailableError(absl::StrCat("connect: ", std::strerror(error)));
}

absl::StatusOr<FileDescriptor> ConnectTcp(const std::string& address, uint16_t port,
                                          absl::Time deadline) {
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("not an IPv4 address: ", address));
  }
  return Connect(AF_INET, reinterpret_cast<const sockaddr*>(&name), sizeof(name), deadline);
}

absl::Status SendAll(const FileDescriptor& socket, const std::string& bytes, absl::Time deadline) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    RETURN_IF_ERROR(WaitFor(socket, POLLOUT, deadline));
    const ssize_t count =
        send(socket.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR && errno != EAGAIN) return PosixError("send", errno);
    if (count > 0) sent += static_cast<size_t>(count);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReceiveAll(const FileDescriptor& socket, absl::Time deadline) {
  std::string answer;
  std::array<char, 4096> buffer;
  while (true) {
    RETURN_IF_ERROR(WaitFor(socket, POLLIN, deadline));
    const ssize_t count = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) return answer;
    if (count < 0 && errno != EINTR && errno != EAGAIN) return PosixError("receive", errno);
    if (count > 0) answer.append(buffer.data(), static_cast<size_t>(count));
    if (answer.size() > kAnswerSizeMax) return absl::OutOfRangeError("the answer is too long");
  }
}

absl::StatusOr<std::string> Ask(absl::StatusOr<FileDescriptor> socket, const std::string& request,
                                absl::Time deadline) {
  RETURN_IF_ERROR(socket.status());
  RETURN_IF_ERROR(SendAll(*socket, request, deadline));
  return ReceiveAll(*socket, deadline);
}

}  // namespace

bool Accepts(const std::string& address, uint16_t port) {
  return ConnectTcp(address, port, absl::Now() + kCallTimeout).ok();
}

absl::StatusOr<std::string> AskTcp(const std::string& address, uint16_t port,
                                   const std::string& request) {
  const absl::Time deadline = absl::Now() + kCallTimeout;
  return Ask(ConnectTcp(address, port, deadline), request, deadline);
}

absl::StatusOr<std::string> AskUnix(const std::string& path, const std::string& request) {
  const absl::Time deadline = absl::Now() + kCallTimeout;
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat("too long for a unix socket: ", path));
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  return Ask(Connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&name), sizeof(name), deadline),
             request, deadline);
}

}  // namespace baton::rehearse
