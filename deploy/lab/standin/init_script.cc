#include "deploy/lab/standin/init_script.h"

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/configuration_tool.h"
#include "deploy/lab/standin/restart_services.h"
#include "deploy/lab/standin/services_file.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kName = "init-script";

std::string StatusLine(const JavaUnit& unit, absl::string_view word) {
  return absl::StrCat(unit.title, "  -  ", word);
}

absl::string_view WordFor(RunState state) {
  switch (state) {
    case RunState::kStopped:
      return "STOPPED";
    case RunState::kFailed:
      return "DEAD";
    default:
      return "RUNNING";
  }
}

absl::StatusOr<std::string> StatusWord(const HostState& state, const JavaUnit& unit) {
  ASSIGN_OR_RETURN(const Fault fault, state.ReadFault(absl::StrCat("status-", unit.service)));
  if (fault.kind == Fault::Kind::kLie) return std::string("RUNNING");
  ASSIGN_OR_RETURN(const ControlReply reply,
                   AskServiceManager(state, {ControlVerb::kQuery, unit.service, {}}));
  if (!reply.status) return absl::InternalError(reply.error->words);
  return std::string(WordFor(reply.status->state));
}

absl::Status Start(const HostState& state, const JavaUnit& unit) {
  ASSIGN_OR_RETURN(const ControlReply reply,
                   AskServiceManager(state, {ControlVerb::kStart, unit.service, {}}));
  if (!reply.error || reply.error->code == kErrorAlreadyRunning) return absl::OkStatus();
  return absl::InternalError(reply.error->words);
}

// What the script does to one unit, and the line that it prints.
absl::Status Serve(const HostState& state, const std::string& verb, const JavaUnit& unit,
                   ToolProgress& progress) {
  ASSIGN_OR_RETURN(const std::string file, state.Read(kServicesFileName));
  ASSIGN_OR_RETURN(const bool enabled, IsUnitEnabled(file, unit.unit));
  if (!enabled) {
    progress.Say(StatusLine(unit, "DISABLED"));
    return absl::OkStatus();
  }
  std::string word = "RUNNING";
  if (!unit.service.empty()) {
    if (verb == "stop" || verb == "restart") RETURN_IF_ERROR(StopService(state, unit.service));
    if (verb == "start" || verb == "restart") RETURN_IF_ERROR(Start(state, unit));
    ASSIGN_OR_RETURN(word, StatusWord(state, unit));
  }
  progress.Say(StatusLine(unit, word));
  return absl::OkStatus();
}

bool IsVerb(const std::string& word) {
  return word == "start" || word == "stop" || word == "restart" || word == "status";
}

}  // namespace

int RunInitScript(const HostState& state, const std::vector<std::string>& words,
                  std::ostream& out) {
  const bool one = words.size() == 2 && FindJavaUnit(words[1]) != nullptr;
  if (words.empty() || !IsVerb(words[0]) || (words.size() > 1 && !one)) {
    out << "Usage: service outsystems start|stop|restart|status [CONTROLLER|DEPLOYER|SCHEDULER|LOG]"
        << std::endl;
    return kUsageExitCode;
  }
  const auto serve = [&](ToolProgress& progress) {
    for (const JavaUnit& unit : JavaUnits()) {
      if (one && unit.unit != words[1]) continue;
      RETURN_IF_ERROR(Serve(state, words[0], unit, progress));
    }
    return absl::OkStatus();
  };
  return RunTool(state, out, {std::string(kName), {}, serve});
}

}  // namespace baton::standin
