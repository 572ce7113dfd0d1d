#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/event_loop.h"
#include "deploy/lab/standin/host_facts.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/machine_config.h"
#include "deploy/lab/standin/service_log.h"
#include "deploy/lab/standin/stream_server.h"

namespace baton::standin {

// What a service of a host works with. `config` is as it was when the service started: an apply has
// no effect on a running service.
struct ServiceContext {
  const HostState& state;
  EventLoop& loop;
  ServiceLog& log;
  HostFacts host;
  MachineConfig config;
};

// What one service does; ServiceProcess does what is alike in all of them. Runs on the loop.
class Service {
 public:
  virtual ~Service() = default;

  // One attempt to initialise, bounded to seconds. UNAVAILABLE: to be tried again. Other errors end
  // the service.
  virtual absl::Status Initialize() = 0;

  // Called every kHeartbeatInterval once initialised. Must not end the service: on the platform an
  // initialised service outlives the Deployment Controller.
  virtual void Heartbeat() = 0;
};

// The service called `name` (controller, deployment, scheduler, cache or web). NOT_FOUND if there
// is none.
absl::StatusOr<std::unique_ptr<Service>> MakeService(absl::string_view name,
                                                     const ServiceContext& context);

// Answers each line with what `answer` returns; '\n' is added. Errors as ListenTcp.
absl::StatusOr<std::unique_ptr<StreamServer>> ServeLines(
    EventLoop& loop, const Endpoint& endpoint,
    std::function<std::string(absl::string_view line)> answer);

}  // namespace baton::standin
