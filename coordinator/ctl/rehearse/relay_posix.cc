#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/rehearse/relay.h"

namespace baton::rehearse {
namespace {

constexpr int kBacklog = 64;
constexpr size_t kPieceBytes = 16384;
// Nothing is read from one side while so much waits to be sent to the other.
constexpr size_t kWaitingBytesMax = size_t{256} << 10;

absl::StatusOr<sockaddr_in> AddressOf(const std::string& address, uint16_t port) {
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &name.sin_addr) == 1) return name;
  return absl::InvalidArgumentError(absl::StrCat("not an IPv4 address: ", address));
}

FileDescriptor NewSocket() {
  return FileDescriptor(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// Reads what there is. False at the end of the connection.
bool Take(const FileDescriptor& from, std::string& waiting) {
  char piece[kPieceBytes];
  const ssize_t size = recv(from.get(), piece, sizeof(piece), 0);
  if (size > 0) waiting.append(piece, static_cast<size_t>(size));
  return size > 0 || (size < 0 && WouldBlock());
}

// Sends what can be sent. False where nothing can be sent any more.
bool Give(const FileDescriptor& to, std::string& waiting) {
  if (waiting.empty()) return true;
  const ssize_t size = send(to.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL);
  if (size > 0) waiting.erase(0, static_cast<size_t>(size));
  return size > 0 || (size < 0 && WouldBlock());
}

pollfd Entry(const FileDescriptor& socket, const std::string& out, const std::string& in) {
  short events = 0;
  if (!out.empty()) events |= POLLOUT;
  if (in.size() < kWaitingBytesMax) events |= POLLIN;
  return {socket.get(), events, 0};
}

// The other side hears of it at once, and what waited is lost.
void Reset(const FileDescriptor& socket) {
  const linger now{1, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Relay>> Relay::Open(const std::string& address, uint16_t port,
                                                   uint16_t server_port) {
  ASSIGN_OR_RETURN(sockaddr_in name, AddressOf(address, port));
  socklen_t size = sizeof(name);
  FileDescriptor listener = NewSocket();
  FileDescriptor wake(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  const int on = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (!wake.open() ||
      bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 ||
      listen(listener.get(), kBacklog) != 0 ||
      getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) {
    return PosixError(absl::StrCat("listen at ", address, ":", port), errno);
  }
  return std::unique_ptr<Relay>(
      new Relay(address, ntohs(name.sin_port), server_port, std::move(listener), std::move(wake)));
}

Relay::Relay(std::string address, uint16_t port, uint16_t server_port, FileDescriptor listener,
             FileDescriptor wake)
    : address_(std::move(address)),
      port_(port),
      server_port_(server_port),
      listener_(std::move(listener)),
      wake_(std::move(wake)),
      thread_([this] { Run(); }) {}

Relay::~Relay() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
  }
  Wake();
  thread_.join();
}

void Relay::CutFor(absl::Duration length) {
  {
    const MutexLock lock(mutex_);
    cut_until_ = absl::Now() + length;
  }
  Wake();
}

void Relay::Wake() {
  const uint64_t one = 1;
  // Full only if it is readable already.
  if (write(wake_.get(), &one, sizeof(one)) < 0) return;
}

bool Relay::TakeWake() {
  uint64_t count = 0;
  return read(wake_.get(), &count, sizeof(count)) > 0;
}

bool Relay::over() {
  const MutexLock lock(mutex_);
  return over_;
}

absl::Time Relay::cut_until() {
  const MutexLock lock(mutex_);
  return cut_until_;
}

void Relay::Run() {
  bool cut = false;
  while (!over()) {
    const absl::Duration left = cut_until() - absl::Now();
    if (left > absl::ZeroDuration()) {
      cut = true;
      pollfd wake{wake_.get(), POLLIN, 0};
      poll(&wake, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
      TakeWake();
      continue;
    }
    if (std::exchange(cut, false)) {
      for (const Pair& pair : pairs_) {
        Reset(pair.near);
        Reset(pair.far);
      }
      pairs_.clear();
    }
    WaitAndCarry();
  }
}

void Relay::WaitAndCarry() {
  std::vector<pollfd> entries = {
      {wake_.get(), POLLIN, 0},
      {pairs_.size() < kConnectionsMax ? listener_.get() : -1, POLLIN, 0}};
  for (const Pair& pair : pairs_) {
    entries.push_back(Entry(pair.near, pair.to_near, pair.to_far));
    entries.push_back(Entry(pair.far, pair.to_far, pair.to_near));
  }
  poll(entries.data(), entries.size(), -1);
  // It was cut meanwhile: nothing gets through any more.
  if (TakeWake()) return;
  size_t i = 2;
  for (auto pair = pairs_.begin(); pair != pairs_.end(); i += 2) {
    constexpr short kIn = POLLIN | POLLHUP | POLLERR;
    bool open = (entries[i].revents & kIn) == 0 || Take(pair->near, pair->to_far);
    open = ((entries[i + 1].revents & kIn) == 0 || Take(pair->far, pair->to_near)) && open;
    open = Give(pair->near, pair->to_near) && open;
    open = Give(pair->far, pair->to_far) && open;
    pair = open ? std::next(pair) : pairs_.erase(pair);
  }
  if (entries[1].revents != 0) AcceptAll();
}

void Relay::AcceptAll() {
  while (pairs_.size() < kConnectionsMax) {
    FileDescriptor near(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!near.open()) return;
    const absl::StatusOr<sockaddr_in> name = AddressOf(address_, server_port_);
    FileDescriptor far = NewSocket();
    // On loopback a server that listens is connected to at once, or soon; one that does not
    // refuses.
    if (!name.ok() ||
        (connect(far.get(), reinterpret_cast<const sockaddr*>(&*name), sizeof(*name)) != 0 &&
         errno != EINPROGRESS)) {
      Reset(near);
      continue;
    }
    pairs_.push_back({std::move(near), std::move(far), "", ""});
  }
}

}  // namespace baton::rehearse
