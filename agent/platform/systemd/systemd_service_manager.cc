#include "agent/platform/systemd/systemd_service_manager.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agent/platform/systemd/unit_state.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ServiceState;

// What a startup type is to systemd: changes of the unit file, in order. Empty for what cannot be
// set.
std::vector<UnitFileChange> ChangesFor(plan::v1::StartupType startup_type) {
  switch (startup_type) {
    case plan::v1::AUTOMATIC:
      return {UnitFileChange::kUnmask, UnitFileChange::kEnable};
    case plan::v1::MANUAL:
      return {UnitFileChange::kUnmask, UnitFileChange::kDisable};
    case plan::v1::DISABLED:
      return {UnitFileChange::kDisable, UnitFileChange::kMask};
    default:
      return {};
  }
}

// Whether the unit, as it was found, can get the type.
absl::Status CheckChangeable(const UnitProperties& unit, plan::v1::StartupType startup_type) {
  if (RunStateOf(unit) == plan::v1::ABSENT) return absl::NotFoundError("the host has no such unit");
  if (!HasMappedUnitFile(unit)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "systemd calls its unit file \"", unit.unit_file_state,
        "\"; only those that are enabled, disabled or masked can be changed and brought back"));
  }
  if (startup_type == plan::v1::DISABLED && !CanMask(unit)) {
    return absl::FailedPreconditionError(
        absl::StrCat(WhyNotMaskable(unit), "; move it to /usr/local/lib/systemd/system"));
  }
  return absl::OkStatus();
}

}  // namespace

SystemdServiceManager::SystemdServiceManager(std::map<plan::v1::Service, std::string> units,
                                             std::string bus_address, absl::Duration call_timeout)
    : units_(std::move(units)), bus_(std::move(bus_address), call_timeout) {}

absl::StatusOr<ServiceState> SystemdServiceManager::Query(plan::v1::Service service) {
  const auto unit = units_.find(service);
  if (unit == units_.end()) {
    ServiceState absent;
    absent.set_service(service);
    absent.set_run_state(plan::v1::ABSENT);
    return absent;
  }
  absl::StatusOr<UnitProperties> properties = bus_.Read(unit->second);
  if (properties.ok() && AwaitsReload(*properties)) {
    const absl::Status reloaded = bus_.Reload();
    properties = reloaded.ok() ? bus_.Read(unit->second) : reloaded;
  }
  if (!properties.ok()) {
    return Annotate(properties.status(), absl::StrCat("query ", unit->second));
  }
  return ServiceStateOf(service, *properties);
}

absl::Status SystemdServiceManager::RequestStart(plan::v1::Service service) {
  ASSIGN_OR_RETURN(const std::string unit, UnitOf(service));
  return Annotate(StartUnlessMasked(unit), absl::StrCat("start ", unit));
}

absl::Status SystemdServiceManager::RequestStop(plan::v1::Service service) {
  ASSIGN_OR_RETURN(const std::string unit, UnitOf(service));
  return Annotate(bus_.Stop(unit), absl::StrCat("stop ", unit));
}

absl::Status SystemdServiceManager::SetStartupType(plan::v1::Service service,
                                                   plan::v1::StartupType startup_type) {
  ASSIGN_OR_RETURN(const std::string unit, UnitOf(service));
  return Annotate(ChangeStartupType(unit, startup_type),
                  absl::StrCat("set ", unit, " to ", Word(startup_type)));
}

absl::Status SystemdServiceManager::ChangeStartupType(const std::string& unit,
                                                      plan::v1::StartupType startup_type) {
  const std::vector<UnitFileChange> changes = ChangesFor(startup_type);
  if (changes.empty()) return absl::FailedPreconditionError("systemd has no such startup type");
  ASSIGN_OR_RETURN(const UnitProperties properties, bus_.Read(unit));
  RETURN_IF_ERROR(CheckChangeable(properties, startup_type));
  for (const UnitFileChange change : changes) RETURN_IF_ERROR(bus_.Change(change, unit));
  // One that is active keeps in systemd's memory what its stop needs; Query reloads after that.
  const bool stopped =
      RunStateOf(properties) == plan::v1::STOPPED || RunStateOf(properties) == plan::v1::FAILED;
  if (startup_type == plan::v1::DISABLED && !stopped) return absl::OkStatus();
  return bus_.Reload();
}

absl::Status SystemdServiceManager::StartUnlessMasked(const std::string& unit) {
  ASSIGN_OR_RETURN(const UnitProperties properties, bus_.Read(unit));
  // systemd would start it as long as it has not read the mask.
  if (properties.unit_file_state == "masked" && properties.load_state != "masked") {
    return absl::FailedPreconditionError("the unit file is masked");
  }
  return bus_.Start(unit);
}

absl::StatusOr<std::string> SystemdServiceManager::UnitOf(plan::v1::Service service) const {
  const auto unit = units_.find(service);
  if (unit != units_.end()) return unit->second;
  return absl::NotFoundError(absl::StrCat("the profile names no service ", Word(service)));
}

}  // namespace baton
