#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "agent/host/platform_configuration.h"
#include "agent/profile/profile.h"
#include "baton/agent/v1/agent.pb.h"

namespace baton {

// Tries connections from this host. Thread-safe.
class ProbeRunner {
 public:
  // Borrows both. The ping page is fetched from `address`, where the services of this host listen.
  ProbeRunner(const Profile& profile, PlatformConfiguration& configuration, std::string address);

  // Tries all targets, several at a time. Passwords are not in the report. INVALID_ARGUMENT for
  // more than 256 targets, a time-out over a minute, or a target that cannot be;
  // FAILED_PRECONDITION for a ping without a ping page in the profile.
  absl::StatusOr<agent::v1::ProbeReport> Probe(const agent::v1::ProbeRequest& request);

 private:
  absl::Status Check(const agent::v1::ProbeRequest& request) const;
  absl::Status CheckTarget(const agent::v1::ProbeTarget& target) const;
  agent::v1::ProbeResult TryTcp(const agent::v1::TcpTarget& target, absl::Duration timeout) const;
  agent::v1::ProbeResult TryPing(absl::Duration timeout) const;
  agent::v1::ProbeResult TryAmqp(const agent::v1::AmqpTarget& target, absl::Duration timeout) const;
  agent::v1::ProbeResult Try(const agent::v1::ProbeTarget& target, absl::Duration timeout) const;

  const Profile& profile_;
  PlatformConfiguration& configuration_;
  const std::string address_;
};

}  // namespace baton
