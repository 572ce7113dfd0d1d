#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/platform/service_manager.h"
#include "agent/platform/systemd/systemd_bus.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// The services of a host whose operating system runs them as systemd units. A disabled service is
// a masked unit, because `systemctl disable` keeps a unit from the next boot only: another unit
// that wants it, or a person, still starts it. Errors name the unit. Thread-safe.
//
// What lasts until the next boot only, and what systemd derives from other units, is startup type
// OTHER and never changed: nobody could bring it back. A unit whose file lies in
// /etc/systemd/system cannot be masked and so not be disabled: can_disable is false for it, with
// the reason in `detail`.
class SystemdServiceManager : public ServiceManager {
 public:
  // `units` are the profile's names of the services, as in `outsystems-controller.service`. A
  // service without one is one that the host does not have. The rest is for SystemdBus.
  explicit SystemdServiceManager(std::map<plan::v1::Service, std::string> units,
                                 std::string bus_address = SystemdBus::kSystemBus,
                                 absl::Duration call_timeout = SystemdBus::kCallTimeout);

  // Makes systemd reload where a unit has stopped since it was disabled, see SetStartupType.
  absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) override;
  absl::Status RequestStart(plan::v1::Service service) override;
  absl::Status RequestStop(plan::v1::Service service) override;

  // AUTOMATIC unmasks and enables, MANUAL unmasks and disables, DISABLED disables and masks; then
  // systemd reloads; for a unit that is disabled while it is active only after its stop, because
  // a mask that systemd has read makes it forget how the unit is stopped. FAILED_PRECONDITION, and
  // nothing is changed, for a unit that cannot be masked or whose type is OTHER.
  absl::Status SetStartupType(plan::v1::Service service,
                              plan::v1::StartupType startup_type) override;

 private:
  absl::StatusOr<std::string> UnitOf(plan::v1::Service service) const;
  absl::Status StartUnlessMasked(const std::string& unit);
  absl::Status ChangeStartupType(const std::string& unit, plan::v1::StartupType startup_type);

  const std::map<plan::v1::Service, std::string> units_;
  SystemdBus bus_;
};

}  // namespace baton
