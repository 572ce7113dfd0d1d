#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// What systemd says of a unit, in its own words: the properties of org.freedesktop.systemd1(5).
struct UnitProperties {
  std::string load_state;        // LoadState: `loaded`, `not-found`, `masked`
  std::string active_state;      // ActiveState: `active`, `inactive`, `failed`
  std::string sub_state;         // SubState: `running`, `dead`, `auto-restart`
  std::string unit_file_state;   // GetUnitFileState, as on disk now; empty if there is no file
  std::string fragment_path;     // FragmentPath: where the unit file lies
  std::string job_type;          // JobType of the queued job: `start`, `stop`; empty if none
  std::string result;            // Result of the service's last run: `success`, `exit-code`
  uint32_t main_pid = 0;         // MainPID; 0 if there is no such process
  int32_t exec_main_code = 0;    // ExecMainCode: CLD_EXITED and its like; 0 if it never ended
  std::string user;              // User: whom a service runs as; empty for root
  int32_t exec_main_status = 0;  // ExecMainStatus: exit code or signal, by exec_main_code
};

// Where an administrator's unit files lie. Masking a unit puts a link to /dev/null there, which
// cannot be done where a file of that name is already.
inline constexpr absl::string_view kAdministratorUnitFolder = "/etc/systemd/system";

// What the unit does. A queued job counts: a service that systemd has been told to start, and has
// not started yet, is STARTING. RUN_STATE_UNSPECIFIED for words that are not known here.
plan::v1::RunState RunStateOf(const UnitProperties& unit);

// When the unit starts by itself: `enabled` is AUTOMATIC, `disabled` MANUAL, `masked` DISABLED, and
// everything else OTHER, above all what lasts until the next boot only or depends on other units:
// `static`, `generated`, `transient`, `indirect`, `alias`, `linked`, `enabled-runtime`,
// `masked-runtime`. A unit is OTHER, too, while disk and systemd's memory disagree on whether it is
// masked, because one of them decides now and the other after the next reload; but for one that is
// masked on disk while it is active, see AwaitsReload.
plan::v1::StartupType StartupTypeOf(const UnitProperties& unit);

// Whether the unit has stopped since it was masked, and systemd has not read the mask yet. A mask
// takes ExecStop=, TimeoutStopSec= and all else away from a unit as soon as systemd reads it, so
// that it could not be stopped in order any more: the reload has to wait for the stop.
bool AwaitsReload(const UnitProperties& unit);

// Whether Baton may change the startup type, from what it is on disk: it is one of the three that
// can be told apart and brought back.
bool HasMappedUnitFile(const UnitProperties& unit);

// The user that the unit's service runs as. Empty where systemd has not read the unit's file, as of
// a masked unit.
std::string AccountOf(const UnitProperties& unit);

// Whether the unit can be masked: it is already, or its file does not lie where the mask would.
bool CanMask(const UnitProperties& unit);

// Why the unit cannot be masked. REQUIRES: !CanMask(unit).
std::string WhyNotMaskable(const UnitProperties& unit);

// All of the above as one message, with systemd's words in `detail`. `initialization` stays unset.
plan::v1::ServiceState ServiceStateOf(plan::v1::Service service, const UnitProperties& unit);

}  // namespace baton
