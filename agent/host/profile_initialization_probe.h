#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "agent/host/platform_configuration.h"
#include "agent/platform/initialization_probe.h"
#include "agent/probes/own_ports.h"
#include "agent/profile/profile.h"
#include "common/fs/file_system.h"
#include "common/sync/mutex.h"

namespace baton {

// Tells by ports or log lines whether a service is initialised, as the profile demands.
// Thread-safe.
class ProfileInitializationProbe : public InitializationProbe {
 public:
  // Borrows all. Ports are tried at `address`, where the services of this host listen; one that the
  // agent itself listens on says nothing of a service.
  ProfileInitializationProbe(FileSystem& fs, const Profile& profile,
                             PlatformConfiguration& configuration, std::string address,
                             const OwnPorts& own_ports);

  InitializationReport Check(plan::v1::Service service) override;

  // Call before a stopped service is started: for services that say in their log that they are
  // initialised, only lines behind this point count. Without a call since the agent was started
  // such a service is neither initialised nor not.
  void NoteStart(plan::v1::Service service);

 private:
  struct PortAnswer {
    bool accepts = false;
    std::string words;
  };

  PortAnswer Try(uint16_t port) const;
  InitializationReport CheckPorts(const ServiceSpec& service);
  InitializationReport CheckLog(const ServiceSpec& service);

  FileSystem& fs_;
  const Profile& profile_;
  PlatformConfiguration& configuration_;
  const std::string address_;
  const OwnPorts& own_ports_;
  Mutex mutex_;
  std::map<plan::v1::Service, uint64_t> log_marks_ ABSL_GUARDED_BY(mutex_);  // sizes in bytes
};

}  // namespace baton
