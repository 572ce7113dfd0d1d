#include "agent/platform/systemd/unit_state.h"

#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace baton {
namespace {

using plan::v1::RunState;
using plan::v1::StartupType;

template <typename T>
struct Meaning {
  absl::string_view word;
  T value;
};

// `maintenance` is missing on purpose: what such a unit comes to is not known.
constexpr Meaning<RunState> kActiveStates[] = {
    {"active", plan::v1::RUNNING},       {"reloading", plan::v1::RUNNING},
    {"refreshing", plan::v1::RUNNING},   {"inactive", plan::v1::STOPPED},
    {"failed", plan::v1::FAILED},        {"activating", plan::v1::STARTING},
    {"deactivating", plan::v1::STOPPING}};

constexpr Meaning<StartupType> kUnitFileStates[] = {{"enabled", plan::v1::AUTOMATIC},
                                                    {"disabled", plan::v1::MANUAL},
                                                    {"masked", plan::v1::DISABLED}};

template <typename T, size_t N>
T Find(const Meaning<T> (&table)[N], absl::string_view word, T otherwise) {
  for (const Meaning<T>& meaning : table) {
    if (meaning.word == word) return meaning.value;
  }
  return otherwise;
}

bool IsStopped(RunState state) { return state == plan::v1::STOPPED || state == plan::v1::FAILED; }

// How the main process ended, where that is worth a word.
std::string DescribeEnd(const UnitProperties& unit) {
  if (unit.result.empty() || unit.result == "success") return "";
  if (unit.exec_main_code == CLD_EXITED) {
    return absl::StrCat(unit.result, ", exit status ", unit.exec_main_status);
  }
  if (unit.exec_main_code == CLD_KILLED || unit.exec_main_code == CLD_DUMPED) {
    return absl::StrCat(unit.result, ", signal ", unit.exec_main_status);
  }
  return unit.result;
}

std::string DetailOf(const UnitProperties& unit) {
  std::string detail = absl::StrCat(unit.active_state, " (", unit.sub_state, ")");
  if (unit.main_pid != 0) absl::StrAppend(&detail, ", process ", unit.main_pid);
  if (!unit.job_type.empty()) absl::StrAppend(&detail, ", ", unit.job_type, " is queued");
  if (unit.main_pid == 0) {
    const std::string end = DescribeEnd(unit);
    if (!end.empty()) absl::StrAppend(&detail, ", ", end);
  }
  if (StartupTypeOf(unit) == plan::v1::OTHER) {
    absl::StrAppend(&detail, ", unit file ",
                    unit.unit_file_state.empty() ? "missing" : unit.unit_file_state, ", ",
                    unit.load_state);
  }
  if (!CanMask(unit)) absl::StrAppend(&detail, "; ", WhyNotMaskable(unit));
  return detail;
}

}  // namespace

RunState RunStateOf(const UnitProperties& unit) {
  const RunState state = Find(kActiveStates, unit.active_state, plan::v1::RUN_STATE_UNSPECIFIED);
  // A unit that is gone from the disk and still runs is not absent.
  if (unit.load_state == "not-found" && unit.unit_file_state.empty() && IsStopped(state)) {
    return plan::v1::ABSENT;
  }
  if (IsStopped(state) && (unit.job_type == "start" || unit.job_type == "restart")) {
    return plan::v1::STARTING;
  }
  if (state == plan::v1::RUNNING && unit.job_type == "stop") return plan::v1::STOPPING;
  return state;
}

StartupType StartupTypeOf(const UnitProperties& unit) {
  const StartupType type = Find(kUnitFileStates, unit.unit_file_state, plan::v1::OTHER);
  const bool masked_on_disk = type == plan::v1::DISABLED;
  const bool masked_in_memory = unit.load_state == "masked";
  if (masked_on_disk == masked_in_memory) return type;
  return masked_on_disk && !AwaitsReload(unit) ? plan::v1::DISABLED : plan::v1::OTHER;
}

bool AwaitsReload(const UnitProperties& unit) {
  return unit.unit_file_state == "masked" && unit.load_state != "masked" &&
         IsStopped(RunStateOf(unit));
}

bool HasMappedUnitFile(const UnitProperties& unit) {
  return Find(kUnitFileStates, unit.unit_file_state, plan::v1::OTHER) != plan::v1::OTHER;
}

std::string AccountOf(const UnitProperties& unit) {
  if (unit.load_state != "loaded") return "";
  return unit.user.empty() ? "root" : unit.user;
}

bool CanMask(const UnitProperties& unit) {
  if (unit.unit_file_state == "masked") return true;
  absl::string_view path = unit.fragment_path;
  return !absl::ConsumePrefix(&path, kAdministratorUnitFolder) || !absl::StartsWith(path, "/") ||
         unit.load_state == "masked";
}

std::string WhyNotMaskable(const UnitProperties& unit) {
  return absl::StrCat("unit file ", unit.fragment_path, " lies in ", kAdministratorUnitFolder,
                      ", where systemd cannot mask it");
}

plan::v1::ServiceState ServiceStateOf(plan::v1::Service service, const UnitProperties& unit) {
  plan::v1::ServiceState state;
  state.set_service(service);
  state.set_run_state(RunStateOf(unit));
  if (state.run_state() == plan::v1::ABSENT) return state;
  state.set_startup_type(StartupTypeOf(unit));
  state.set_can_disable(CanMask(unit));
  state.set_detail(DetailOf(unit));
  state.set_account(AccountOf(unit));
  return state;
}

}  // namespace baton
