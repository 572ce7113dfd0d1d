#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/time/clock.h"
#include "agent/probes/byte_relay.h"
#include "common/status/status.h"

namespace baton {
namespace {

constexpr size_t kPieceBytes = 4096;

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// Waits until one of the sockets is ready; false once `deadline` has passed.
bool Wait(pollfd* sockets, nfds_t count, absl::Time deadline) {
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) return false;
  poll(sockets, count, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  return true;
}

}  // namespace

absl::StatusOr<FileDescriptor> ByteRelay::OpenNear() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
    return PosixError("socketpair", errno);
  }
  near_ = FileDescriptor(ends[0]);
  return FileDescriptor(ends[1]);
}

ByteRelay::End ByteRelay::Run(absl::Time deadline) {
  End end = End::kDeadline;
  // What TLS has decrypted already is not seen by poll: first look, then wait.
  while (true) {
    if (!CarryOut()) {
      end = End::kNear;
      break;
    }
    if (!CarryIn()) {
      end = End::kFar;
      break;
    }
    // The socket is left alone while bytes from it wait to be sent.
    const bool full = !to_send_.empty();
    pollfd sockets[] = {{far_.socket(), static_cast<short>(full ? POLLIN | POLLOUT : POLLIN), 0},
                        {full ? -1 : near_.get(), POLLIN, 0}};
    if (!Wait(sockets, 2, deadline)) break;
  }
  near_.Close();
  return end;
}

bool ByteRelay::CarryOut() {
  if (to_send_.empty()) {
    char piece[kPieceBytes];
    const ssize_t size = recv(near_.get(), piece, sizeof(piece), 0);
    if (size == 0) return false;
    if (size < 0) return WouldBlock();
    to_send_.assign(piece, static_cast<size_t>(size));
  }
  const absl::StatusOr<size_t> sent = far_.Send(to_send_);
  // A connection that is gone shows itself where it is read, behind what the other side still said.
  to_send_.erase(0, sent.ok() ? *sent : to_send_.size());
  return true;
}

bool ByteRelay::CarryIn() {
  char piece[kPieceBytes];
  while (true) {
    const absl::StatusOr<std::optional<size_t>> size = far_.Receive(piece, sizeof(piece));
    if (!size.ok()) return false;
    if (!size->has_value()) return true;
    if (**size == 0) return false;
    const absl::string_view bytes(piece, **size);
    const size_t room = kFirstBytesMax - first_bytes_.size();
    first_bytes_.append(bytes.data(), std::min(room, bytes.size()));
    if (!WriteNear(bytes)) return true;  // its end is seen by CarryOut
  }
}

bool ByteRelay::WriteNear(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(near_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    // A reader that does not keep up is none of ours: it waits for every byte.
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

std::string ReceiveFirstBytes(CurlConnection& far, absl::Time deadline) {
  char piece[ByteRelay::kFirstBytesMax];
  while (true) {
    const absl::StatusOr<std::optional<size_t>> size = far.Receive(piece, sizeof(piece));
    if (!size.ok()) return "";
    if (size->has_value()) return std::string(piece, **size);
    pollfd socket = {far.socket(), POLLIN, 0};
    if (!Wait(&socket, 1, deadline)) return "";
  }
}

}  // namespace baton
