#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/host/platform_configuration.h"
#include "agent/host/serial_reader.h"
#include "agent/platform/initialization_probe.h"
#include "agent/platform/service_manager.h"
#include "agent/profile/profile.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "common/time/clock.h"

namespace baton {

// Describes this host, but for what the operation core knows. Changes nothing. Thread-safe.
class HostDescriber {
 public:
  // Who and where the host is.
  struct Place {
    std::string farm_id;
    std::string name;
    std::string state_folder;
    absl::Time certificate_expires;
  };

  // Borrows all but `place`.
  HostDescriber(Place place, const Profile& profile, PlatformConfiguration& configuration,
                ServiceManager& services, InitializationProbe& initialization, SerialReader& serial,
                Clock& clock);

  // Fills in the fields that the request's mask names, and the services that it names; name and
  // farm always. INVALID_ARGUMENT for a mask that names no field of Host.
  absl::StatusOr<plan::v1::Host> Describe(const agent::v1::GetHostRequest& request);

 private:
  plan::v1::ServiceState DescribeService(const ServiceSpec& spec);

  const Place place_;
  const Profile& profile_;
  PlatformConfiguration& configuration_;
  ServiceManager& services_;
  InitializationProbe& initialization_;
  SerialReader& serial_;
  Clock& clock_;
};

// The abstract part of a profile: what may leave the host. `configuration` says which ports its
// services have.
plan::v1::Profile AbstractProfile(const Profile& profile, PlatformConfiguration& configuration);

}  // namespace baton
