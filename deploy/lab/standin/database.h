#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/database_core.h"
#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/stream_server.h"

namespace baton::standin {

// Clients send a line at least this often, or a missing one is noticed after kSessionSilenceMax.
inline constexpr absl::Duration kHeartbeatInterval = absl::Milliseconds(250);
inline constexpr absl::Duration kSessionSilenceMax = absl::Seconds(3);

// Serves a DatabaseCore over TCP. DIR/events.log gets `SEQUENCE TIME EVENT WORD...` a line, in
// order, each flushed before the answer that follows from it is sent; the sequence goes on after a
// restart. DIR/database holds registered servers and license. DIR/service-center-login may hold the
// account of Service Center, as ParseLogin reads it; it is read at each use.
class Database {
 public:
  Database(const HostState& state, EventLoop& loop) : state_(state), loop_(loop) {}

  // Reads the state folder and listens. On success says `listening ADDRESS:PORT` on standard
  // output.
  absl::Status Start(const Endpoint& endpoint);

 private:
  void OnData(StreamServer::ConnectionId id, std::string& buffer);
  void Answer(StreamServer::ConnectionId id, const std::string& line);
  void ReadLogin();
  void Flush();

  const HostState& state_;
  EventLoop& loop_;
  DatabaseCore core_;
  std::string saved_;
  uint64_t sequence_ = 0;
  std::ofstream events_;
  std::unique_ptr<StreamServer> server_;
};

}  // namespace baton::standin
