#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "agent/platform/standin/control_protocol.h"
#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/managed_service.h"
#include "deploy/lab/standin/stream_server.h"

namespace baton::standin {

inline constexpr absl::Duration kShutdownGrace = absl::Seconds(2);
inline constexpr absl::Duration kHungRequestMax = absl::Minutes(5);

// A lab host's service manager. Its start is the host's boot: services with startup type automatic
// are started in the platform's order, and the web server always. Serves the control protocol (see
// control_protocol.h). At SIGTERM, SIGINT or `shutdown` it stops its services, by force after
// kShutdownGrace, and ends.
class HostManager {
 public:
  HostManager(const HostState& state, EventLoop& loop);

  // ALREADY_EXISTS if the folder has a service manager already.
  absl::Status Boot();

 private:
  void OnData(StreamServer::ConnectionId id, std::string& buffer);
  void Take(StreamServer::ConnectionId id, const ControlRequest& request);
  void Reply(StreamServer::ConnectionId id, const ControlReply& reply);
  ControlReply Carry(const ControlRequest& request);
  void OnSignal(int number);
  void Reap();
  void Shutdown();
  void EndIfAllStopped();

  const HostState& state_;
  EventLoop& loop_;
  std::vector<std::unique_ptr<ManagedService>> services_;
  std::unique_ptr<StreamServer> server_;
  bool shutting_down_ = false;
};

}  // namespace baton::standin
