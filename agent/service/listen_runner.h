#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/host/platform_configuration.h"
#include "agent/platform/service_manager.h"
#include "agent/probes/own_ports.h"
#include "agent/probes/port_listener.h"
#include "agent/profile/profile.h"
#include "baton/agent/v1/agent.pb.h"
#include "common/sync/mutex.h"

namespace baton {

// Listens on the ports of services that do not run, so that other hosts can try whether they would
// reach them. Out of the way of services: nothing listens while the host is changed, nor on ports
// of a service that is not at rest, and what listens is gone soon after a person or the boot starts
// one. That cannot be perfect: a service that takes its port sooner than kStatePeriod and one query
// after its start finds it taken. Thread-safe.
class ListenRunner {
 public:
  // How often services are asked about while their ports are listened on.
  static constexpr absl::Duration kStatePeriod = absl::Milliseconds(250);

  // Where: `listen` is what the services would listen on, `service` where they are reached from
  // this host itself.
  struct Addresses {
    std::string listen;
    std::string service;
  };

  // Keeps the ports free for services. Whoever submits a change holds one from before the change is
  // submitted until it is known to `busy`. Waits until what listens has closed its ports.
  class Hold {
   public:
    explicit Hold(ListenRunner& runner);
    ~Hold();
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    ListenRunner& runner_;
  };

  // Borrows profile, configuration, services and `own_ports`, which it keeps up to date. `busy`
  // tells whether a changing operation is under way.
  ListenRunner(const Profile& profile, PlatformConfiguration& configuration,
               ServiceManager& services, Addresses addresses, OwnPorts& own_ports,
               std::function<bool()> busy);

  // Says by `write` what became of each port, then listens until the time is over, `write` or
  // `gone` tell that the caller is gone, the host is to be changed (ABORTED), or a service that has
  // one of the ports leaves its rest (FAILED_PRECONDITION). INVALID_ARGUMENT for a port that is not
  // of the profile's services or there twice, none or more than 16, or a duration of nothing or
  // over a minute; FAILED_PRECONDITION unless every service that has one of the ports is STOPPED,
  // FAILED or ABSENT; RESOURCE_EXHAUSTED while another call listens, for half a second at least;
  // ABORTED while a changing operation is under way.
  absl::Status Listen(const agent::v1::ListenRequest& request,
                      const std::function<bool(const agent::v1::ListenReport&)>& write,
                      const std::function<bool()>& gone);

 private:
  // The services that have the ports of a request.
  absl::StatusOr<std::vector<plan::v1::Service>> Check(const agent::v1::ListenRequest& request);
  absl::Status CheckAtRest(const std::vector<plan::v1::Service>& services);
  absl::Status Begin();
  void End(const agent::v1::ListenRequest& request);
  bool Held();
  agent::v1::ListenResult Open(uint16_t port, PortListener& listener);

  const Profile& profile_;
  PlatformConfiguration& configuration_;
  ServiceManager& services_;
  const Addresses addresses_;
  OwnPorts& own_ports_;
  const std::function<bool()> busy_;
  Mutex mutex_;
  CondVar ended_;
  bool listening_ ABSL_GUARDED_BY(mutex_) = false;
  int holds_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace baton
