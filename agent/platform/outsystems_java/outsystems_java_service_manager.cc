#include "agent/platform/outsystems_java/outsystems_java_service_manager.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog_arguments.h"
#include "agent/platform/outsystems_java/configurator_dialog.h"
#include "agent/platform/outsystems_java/services_file.h"
#include "agent/platform/outsystems_java/status_lines.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ServiceState;

constexpr uint64_t kServicesFileBytesMax = 64 << 10;
constexpr absl::string_view kStart = "start";
constexpr absl::string_view kStop = "stop";
constexpr absl::string_view kStatus = "status";
constexpr absl::string_view kConfigurator = "configurator";

plan::v1::StartupType StartupTypeOf(absl::string_view value) {
  if (value == kUnitEnabled) return plan::v1::AUTOMATIC;
  if (value == kUnitDisabled) return plan::v1::DISABLED;
  return plan::v1::OTHER;
}

bool IsStopped(plan::v1::RunState state) {
  return state == plan::v1::STOPPED || state == plan::v1::FAILED;
}

}  // namespace

OutsystemsJavaServiceManager::OutsystemsJavaServiceManager(FileSystem& fs, Parts parts)
    : fs_(fs),
      profile_(std::move(parts.profile)),
      script_(*profile_.init_script),
      program_(std::move(parts.program)),
      probe_(std::move(parts.probe)),
      scripts_(std::move(parts.scripts)) {}

absl::StatusOr<ServiceState> OutsystemsJavaServiceManager::Query(plan::v1::Service service) {
  ServiceState state;
  state.set_service(service);
  state.set_run_state(plan::v1::ABSENT);
  const absl::StatusOr<Unit> unit = UnitOf(service);
  if (absl::IsNotFound(unit.status())) return state;
  RETURN_IF_ERROR(unit.status());
  ASSIGN_OR_RETURN(const std::string text, ReadServicesFile());
  const absl::StatusOr<std::string> value = ReadUnit(text, unit->name);
  if (absl::IsNotFound(value.status())) return state;
  if (!value.ok()) return Annotate(value.status(), script_.services_file);
  state.set_startup_type(StartupTypeOf(*value));
  state.set_can_disable(true);
  RETURN_IF_ERROR(Annotate(DescribeRunState(*unit, state), absl::StrCat("query ", unit->name)));
  return state;
}

absl::Status OutsystemsJavaServiceManager::DescribeRunState(const Unit& unit, ServiceState& state) {
  const InitializationReport report = probe_->Check(state.service());
  if (report.initialization == plan::v1::INITIALIZED) {
    state.set_run_state(plan::v1::RUNNING);
    state.set_detail(report.detail);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string output, scripts_.Read(CallOf(kStatus, unit)));
  ASSIGN_OR_RETURN(const std::string words, StatusWords(output, unit.title));
  state.set_detail(absl::StrCat("the init script says \"", words, "\"; ", report.detail));
  // Unspecified where nobody knows the word: a guess either way would be believed.
  state.set_run_state(
      RunStateOf(words, script_.status_words).value_or(plan::v1::RUN_STATE_UNSPECIFIED));
  return absl::OkStatus();
}

absl::StatusOr<ServiceState> OutsystemsJavaServiceManager::QueryPresent(plan::v1::Service service) {
  ASSIGN_OR_RETURN(ServiceState state, Query(service));
  if (state.run_state() != plan::v1::ABSENT) return state;
  return absl::NotFoundError(
      absl::StrCat(script_.services_file, " does not name the ", ServiceTitle(service)));
}

absl::Status OutsystemsJavaServiceManager::RequestStart(plan::v1::Service service) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(service));
  ASSIGN_OR_RETURN(const ServiceState state, QueryPresent(service));
  // The script says nothing of a unit that is disabled, and does nothing either.
  if (state.startup_type() == plan::v1::DISABLED) {
    return absl::FailedPreconditionError(absl::StrCat("start ", unit.name, ": it is disabled"));
  }
  if (state.run_state() == plan::v1::RUNNING) return absl::OkStatus();
  return Request(kStart, kStop, unit);
}

absl::Status OutsystemsJavaServiceManager::RequestStop(plan::v1::Service service) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(service));
  ASSIGN_OR_RETURN(const ServiceState state, QueryPresent(service));
  if (IsStopped(state.run_state())) return absl::OkStatus();
  return Request(kStop, kStart, unit);
}

absl::Status OutsystemsJavaServiceManager::Request(absl::string_view verb,
                                                   absl::string_view opposite, const Unit& unit) {
  ASSIGN_OR_RETURN(const bool busy, scripts_.IsRunning(CallOf(opposite, unit).name));
  if (busy) {
    return absl::UnavailableError(
        absl::StrCat(verb, " ", unit.name, ": the init script's ", opposite, " still runs"));
  }
  return Annotate(scripts_.Request(CallOf(verb, unit)), absl::StrCat(verb, " ", unit.name));
}

absl::Status OutsystemsJavaServiceManager::SetStartupType(plan::v1::Service service,
                                                          plan::v1::StartupType startup_type) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(service));
  return Annotate(Change(service, unit, startup_type),
                  absl::StrCat("set ", unit.name, " to ", Word(startup_type)));
}

absl::Status OutsystemsJavaServiceManager::Change(plan::v1::Service service, const Unit& unit,
                                                  plan::v1::StartupType startup_type) {
  const bool disable = startup_type == plan::v1::DISABLED;
  if (!disable && startup_type != plan::v1::AUTOMATIC) {
    return absl::FailedPreconditionError(
        "a service of the Java stack is enabled or disabled; it has no other startup type");
  }
  ASSIGN_OR_RETURN(const std::string before, ReadServicesFile());
  const absl::StatusOr<std::string> after =
      WithUnit(before, unit.name, disable ? kUnitDisabled : kUnitEnabled);
  if (!after.ok()) return Annotate(after.status(), script_.services_file);
  if (script_.startup_types_by == StartupTypesBy::kConfigurator) {
    return ChangeByConfigurator(unit, before, *after);
  }
  return ChangeByFile(service, unit, *after, disable);
}

absl::Status OutsystemsJavaServiceManager::ChangeByConfigurator(const Unit& unit,
                                                                const std::string& before,
                                                                const std::string& after) {
  const ConfiguratorSpec& tool = script_.configurator;
  absl::StatusOr<DialogSpec> dialog = ConfiguratorDialog(script_, after);
  if (!dialog.ok()) return Annotate(dialog.status(), script_.services_file);
  ScriptCall call;
  call.name = std::string(kConfigurator);
  call.argv = DialogCommand(program_, {*std::move(dialog), tool.timeout, tool.command});
  if (!tool.working_directory.empty()) call.working_directory = tool.working_directory;
  // The dialog ends itself before its supervisor has to.
  call.timeout = tool.timeout + absl::Seconds(10);
  RETURN_IF_ERROR(Annotate(scripts_.Run(call), tool.command[0]));
  ASSIGN_OR_RETURN(const std::string now, ReadServicesFile());
  for (const InitScriptUnit& other : script_.units) {
    const absl::StatusOr<std::string> old_value = ReadUnit(before, other.unit);
    const absl::StatusOr<std::string> new_value = ReadUnit(now, other.unit);
    if (other.unit == unit.name || !old_value.ok()) continue;
    if (new_value.ok() && *new_value == *old_value) continue;
    return absl::InternalError(absl::StrCat(tool.command[0], " changed ", other.unit, " from ",
                                            *old_value, ", although it was answered to keep it"));
  }
  return absl::OkStatus();
}

absl::Status OutsystemsJavaServiceManager::ChangeByFile(plan::v1::Service service, const Unit& unit,
                                                        const std::string& after, bool disable) {
  if (disable) {
    // Stopped first: the init script may not stop what it finds disabled.
    RETURN_IF_ERROR(RequestStop(service));
    ASSIGN_OR_RETURN(const ServiceState state, Query(service));
    if (!IsStopped(state.run_state())) {
      return absl::UnavailableError(
          absl::StrCat(unit.name, " is to stop first, and still runs: ", state.detail()));
    }
  }
  return ReplaceFile(fs_, script_.services_file, after);
}

absl::StatusOr<OutsystemsJavaServiceManager::Unit> OutsystemsJavaServiceManager::UnitOf(
    plan::v1::Service service) const {
  const ServiceSpec* spec = profile_.Find(service);
  if (spec == nullptr) {
    return absl::NotFoundError(absl::StrCat("the profile names no service ", Word(service)));
  }
  const InitScriptUnit* unit = script_.Find(spec->unit);
  if (unit == nullptr) {
    return absl::InternalError(absl::StrCat("the profile's init script has no ", spec->unit));
  }
  return Unit{unit->unit, unit->title};
}

absl::StatusOr<std::string> OutsystemsJavaServiceManager::ReadServicesFile() const {
  absl::StatusOr<std::string> text = fs_.ReadFile(script_.services_file, kServicesFileBytesMax);
  // A service whose host lost the file is not absent.
  if (absl::IsNotFound(text.status())) return absl::InternalError(text.status().message());
  return text;
}

ScriptCall OutsystemsJavaServiceManager::CallOf(absl::string_view verb, const Unit& unit) const {
  ScriptCall call;
  call.name = absl::StrCat(verb, "-", unit.name);
  call.argv = script_.command;
  call.argv.emplace_back(verb);
  call.argv.push_back(unit.name);
  call.timeout = script_.timeout;
  return call;
}

}  // namespace baton
