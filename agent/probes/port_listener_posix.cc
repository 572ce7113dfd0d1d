#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/probes/port_listener.h"
#include "common/status/status.h"

namespace baton {
namespace {

constexpr int kBacklog = 128;
// A connection that cannot be accepted, for want of descriptors say, stays at the door, and poll
// says so at once, again and again.
constexpr absl::Duration kFailurePause = absl::Milliseconds(5);

pollfd Watched(const FileDescriptor& descriptor) {
  pollfd watched{};
  watched.fd = descriptor.get();
  watched.events = POLLIN;
  return watched;
}

absl::Status ListenError(const std::string& context) {
  const int error_number = errno;
  const absl::Status error = PosixError(context, error_number);
  return error_number == EADDRINUSE ? absl::AlreadyExistsError(error.message()) : error;
}

}  // namespace

absl::Status PortListener::Open(uint16_t port) {
  const std::string context = absl::StrCat("listen on ", address_, " port ", port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(address_.c_str(), absl::StrCat(port).c_str(), &hints, &found);
  if (failure != 0) {
    return absl::InvalidArgumentError(absl::StrCat(context, ": ", gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, freeaddrinfo);
  FileDescriptor descriptor(
      socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!descriptor.open()) return ListenError(context);
  // Connections of a service that ran here a moment ago are no reason to take the port for taken.
  const int yes = 1;
  setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (bind(descriptor.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      listen(descriptor.get(), kBacklog) != 0) {
    return ListenError(context);
  }
  listeners_.push_back(std::move(descriptor));
  return absl::OkStatus();
}

void PortListener::Accept(const FileDescriptor& listener, absl::Time now) {
  FileDescriptor socket(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.open()) return absl::SleepFor(kFailurePause);
  // Closed by a reset: a connection that lingered in TIME_WAIT would keep a service that does not
  // ask for SO_REUSEADDR off its own port for a minute. The caller has connected long before.
  const linger reset{1, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  if (connections_.size() == kConnectionsMax) connections_.pop_front();
  connections_.push_back({std::move(socket), now + kConnectionAgeMax});
}

void PortListener::Serve(absl::Duration duration) {
  const absl::Time end = absl::Now() + duration;
  for (absl::Time now = absl::Now(); now < end; now = absl::Now()) {
    connections_.remove_if([now](const Connection& open) { return open.expires <= now; });
    absl::Time wake = end;
    std::vector<pollfd> watched;
    for (const FileDescriptor& listener : listeners_) watched.push_back(Watched(listener));
    for (const Connection& open : connections_) {
      watched.push_back(Watched(open.socket));
      wake = std::min(wake, open.expires);
    }
    const int64_t wait = absl::ToInt64Milliseconds(wake - now) + 1;
    const int ready = poll(watched.data(), watched.size(), static_cast<int>(wait));
    if (ready < 0) absl::SleepFor(kFailurePause);
    if (ready <= 0) continue;
    size_t next = listeners_.size();
    connections_.remove_if([&](const Connection&) { return watched[next++].revents != 0; });
    for (size_t i = 0; i < listeners_.size(); ++i) {
      if (watched[i].revents != 0) Accept(listeners_[i], now);
    }
  }
}

}  // namespace baton
