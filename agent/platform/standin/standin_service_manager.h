#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/platform/service_manager.h"
#include "agent/platform/standin/control_protocol.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// The services of a lab host, over the control socket of `platform-standin host`. A service manager
// that does not answer is UNAVAILABLE. Thread-safe: each call has a connection of its own.
class StandinServiceManager : public ServiceManager {
 public:
  // From the connection to the whole answer.
  static constexpr absl::Duration kCallTimeout = absl::Seconds(5);

  // `state_folder` is the lab host's; `names` are what the profile calls its services there. A
  // service without a name is one that the host does not have.
  StandinServiceManager(const std::string& state_folder,
                        std::map<plan::v1::Service, std::string> names,
                        absl::Duration call_timeout = kCallTimeout);

  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override;
  absl::Status RequestStart(plan::v1::Service service) override;
  absl::Status RequestStop(plan::v1::Service service) override;
  absl::Status SetStartupType(plan::v1::Service service,
                              plan::v1::StartupType startup_type) override;

 private:
  absl::Status Request(standin::ControlVerb verb, plan::v1::Service service,
                       standin::StartupType startup_type);
  absl::StatusOr<standin::ControlReply> Ask(const standin::ControlRequest& request) const;

  const std::string socket_path_;
  const std::map<plan::v1::Service, std::string> names_;
  const absl::Duration call_timeout_;
};

}  // namespace baton
