#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/socket.h"

namespace baton::standin {

// Takes the first line, without its '\n' or "\r\n", out of `buffer`; nullopt if it holds no whole
// line.
std::optional<std::string> TakeLine(std::string& buffer);

// Accepts connections on one listening socket and hands their bytes to callbacks. Clients may be
// anything that knocks, such as port probes: connections, bytes that wait to be understood, and
// silence are limited. Callbacks run on the loop. Not thread-safe.
class StreamServer {
 public:
  using ConnectionId = uint64_t;  // never used twice

  struct Limits {
    size_t connections_max = 64;                  // above it, new ones are closed at once
    size_t buffer_bytes_max = 64 << 10;           // above it, the connection is closed
    absl::Duration idle_max = absl::Seconds(30);  // without a byte, closed
  };

  // Why a connection ended.
  enum class CloseReason { kPeer, kSilence, kServer };

  struct Callbacks {
    // New bytes are at the end of `buffer`; what is understood is to be erased from it.
    std::function<void(ConnectionId, std::string& buffer)> on_data;
    std::function<void(ConnectionId, CloseReason)> on_close;  // may be empty
  };

  StreamServer(EventLoop& loop, FileDescriptor listener, Limits limits, Callbacks callbacks);
  ~StreamServer();
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  // Writes all of `data`, or closes the connection if the peer does not take it. Unknown ids are
  // ignored: the peer may have gone.
  void Send(ConnectionId id, absl::string_view data);

  // Ends a connection; what was sent still reaches the peer.
  void Close(ConnectionId id) { Drop(id, CloseReason::kServer); }

 private:
  struct Connection {
    FileDescriptor socket;
    std::string buffer;
    absl::Duration heard;  // monotonic
  };

  void Accept();
  void Read(ConnectionId id);
  void Drop(ConnectionId id, CloseReason reason);
  void DropSilent();

  EventLoop& loop_;
  FileDescriptor listener_;
  Limits limits_;
  Callbacks callbacks_;
  ConnectionId next_id_ = 1;
  std::map<ConnectionId, Connection> connections_;
};

}  // namespace baton::standin
