#include "deploy/lab/standin/stream_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "common/time/clock.h"

namespace baton::standin {
namespace {

constexpr absl::Duration kSilenceCheckInterval = absl::Milliseconds(500);
constexpr size_t kReadBytes = 4096;

}  // namespace

std::optional<std::string> TakeLine(std::string& buffer) {
  const size_t end = buffer.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

// A server lives as long as its loop runs, so its timer may hold `this`.
StreamServer::StreamServer(EventLoop& loop, FileDescriptor listener, Limits limits,
                           Callbacks callbacks)
    : loop_(loop),
      listener_(std::move(listener)),
      limits_(limits),
      callbacks_(std::move(callbacks)) {
  loop_.Watch(listener_.get(), [this] { Accept(); });
  loop_.After(kSilenceCheckInterval, [this] { DropSilent(); });
}

StreamServer::~StreamServer() {
  loop_.Unwatch(listener_.get());
  for (const auto& [id, connection] : connections_) loop_.Unwatch(connection.socket.get());
}

void StreamServer::Accept() {
  FileDescriptor socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket.open() || connections_.size() >= limits_.connections_max) return;
  const ConnectionId id = next_id_++;
  loop_.Watch(socket.get(), [this, id] { Read(id); });
  connections_[id] = Connection{std::move(socket), "", SystemClock().Monotonic()};
}

void StreamServer::Read(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  char bytes[kReadBytes];
  const ssize_t size = read(connection.socket.get(), bytes, sizeof(bytes));
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) {
    Drop(id, CloseReason::kPeer);
    return;
  }
  connection.heard = SystemClock().Monotonic();
  connection.buffer.append(bytes, static_cast<size_t>(size));
  // The callback may drop the connection, and with it the buffer.
  std::string buffer = std::move(connection.buffer);
  callbacks_.on_data(id, buffer);
  const auto still_there = connections_.find(id);
  if (still_there == connections_.end()) return;
  if (buffer.size() > limits_.buffer_bytes_max) {
    Drop(id, CloseReason::kServer);
    return;
  }
  still_there->second.buffer = std::move(buffer);
}

void StreamServer::Send(ConnectionId id, absl::string_view data) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  // All that is sent here fits a socket buffer many times over; a peer that fills it is dropped.
  const ssize_t size = send(found->second.socket.get(), data.data(), data.size(), MSG_NOSIGNAL);
  if (size != static_cast<ssize_t>(data.size())) Drop(id, CloseReason::kPeer);
}

void StreamServer::Drop(ConnectionId id, CloseReason reason) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  loop_.Unwatch(found->second.socket.get());
  connections_.erase(found);
  if (callbacks_.on_close) callbacks_.on_close(id, reason);
}

void StreamServer::DropSilent() {
  const absl::Duration now = SystemClock().Monotonic();
  std::vector<ConnectionId> silent;
  for (const auto& [id, connection] : connections_) {
    if (now - connection.heard > limits_.idle_max) silent.push_back(id);
  }
  for (const ConnectionId id : silent) Drop(id, CloseReason::kSilence);
  loop_.After(kSilenceCheckInterval, [this] { DropSilent(); });
}

}  // namespace baton::standin
