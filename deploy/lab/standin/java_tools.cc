#include "deploy/lab/standin/java_tools.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/configuration_tool.h"
#include "deploy/lab/standin/hsconf.h"
#include "deploy/lab/standin/question.h"
#include "deploy/lab/standin/restart_services.h"
#include "deploy/lab/standin/services_file.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {
namespace {

constexpr int kErrorExitCode = 1;
constexpr absl::string_view kConfigurator = "service-configurator";
constexpr absl::string_view kApply = "apply-configuration";

int Fail(const absl::Status& why, std::ostream& out) {
  out << "Error: " << absl::string_view(why.message()) << std::endl;
  return kErrorExitCode;
}

bool HasTerminal() { return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1; }

// ---- serviceconfigurator.sh

// The file as the answers have it.
absl::StatusOr<std::string> AskForUnits(const std::string& file, std::istream& in,
                                        std::ostream& out) {
  std::string wanted = file;
  for (const JavaUnit& unit : JavaUnits()) {
    ASSIGN_OR_RETURN(const bool enabled,
                     AskYesOrNo(in, out, absl::StrCat("Enable ", unit.title, "?")));
    ASSIGN_OR_RETURN(wanted, WithUnitEnabled(wanted, unit.unit, enabled));
  }
  return wanted;
}

absl::Status StopDisabled(const HostState& state, const std::string& file, std::ostream& out) {
  for (const JavaUnit& unit : JavaUnits()) {
    ASSIGN_OR_RETURN(const bool enabled, IsUnitEnabled(file, unit.unit));
    if (enabled || unit.service.empty()) continue;
    out << "Stopping " << unit.title << std::endl;
    RETURN_IF_ERROR(StopService(state, unit.service));
  }
  return absl::OkStatus();
}

absl::Status ConfigureServices(const HostState& state, std::istream& in, std::ostream& out) {
  ASSIGN_OR_RETURN(const Fault fault, state.ReadFault(kConfigurator));
  ASSIGN_OR_RETURN(const std::string file, state.Read(kServicesFileName));
  RETURN_IF_ERROR(AskTheUnexpected(fault, in, out));
  ASSIGN_OR_RETURN(const std::string wanted, AskForUnits(file, in, out));
  if (fault.kind == Fault::Kind::kLie) return absl::OkStatus();
  RETURN_IF_ERROR(state.Write(kServicesFileName, wanted));
  return StopDisabled(state, wanted, out);
}

// ---- configurationtool.sh

absl::Status SetController(const HostState& state, const std::string& value) {
  ASSIGN_OR_RETURN(const std::string bytes, state.Read("server.hsconf"));
  ASSIGN_OR_RETURN(Hsconf hsconf, ParseHsconf(bytes));
  for (HsconfSection& section : hsconf.sections) {
    for (HsconfKey& key : section.keys) {
      if (key.name == "CompilerServerHostname") key.value = value;
    }
  }
  return state.Write("server.hsconf", SerializeHsconf(hsconf));
}

struct Choices {
  bool restart = false;
  bool service_center = false;
};

absl::StatusOr<Choices> AskForSettings(const HostState& state, std::istream& in,
                                       std::ostream& out) {
  ASSIGN_OR_RETURN(const Fault fault, state.ReadFault(kApply));
  ASSIGN_OR_RETURN(const std::string bytes, state.Read("server.hsconf"));
  ASSIGN_OR_RETURN(const Hsconf hsconf, ParseHsconf(bytes));
  RETURN_IF_ERROR(AskTheUnexpected(fault, in, out));
  ASSIGN_OR_RETURN(
      const std::string controller,
      Ask(in, out,
          absl::StrCat("Deployment Controller Server [",
                       hsconf.Value("ServiceConfiguration", "CompilerServerHostname"), "]:")));
  Choices choices;
  ASSIGN_OR_RETURN(choices.restart, AskYesOrNo(in, out, "Restart all OutSystems services?"));
  ASSIGN_OR_RETURN(choices.service_center, AskYesOrNo(in, out, "Run Service Center installation?"));
  if (!controller.empty()) RETURN_IF_ERROR(SetController(state, controller));
  return choices;
}

int RunInteractively(const HostState& state, std::istream& in, std::ostream& out) {
  if (!HasTerminal()) return Fail(absl::FailedPreconditionError("not on a terminal"), out);
  const absl::StatusOr<Choices> choices = AskForSettings(state, in, out);
  if (!choices.ok()) return Fail(choices.status(), out);
  std::vector<std::string> flags = {"/UpgradeInstall"};
  if (choices->service_center) flags.emplace_back("/SCInstall");
  const int exit_code = RunConfigurationTool(state, flags, out);
  if (exit_code != 0 || !choices->restart) return exit_code;
  ToolProgress progress(out, {}, absl::ZeroDuration());
  const absl::Status restarted = RestartServices(state, progress);
  return restarted.ok() ? 0 : Fail(restarted, out);
}

}  // namespace

int RunServiceConfigurator(const HostState& state, const std::vector<std::string>& words,
                           std::istream& in, std::ostream& out) {
  if (words != std::vector<std::string>{"-interactive"}) {
    out << "Usage: serviceconfigurator.sh -interactive" << std::endl;
    return kUsageExitCode;
  }
  if (!HasTerminal()) return Fail(absl::FailedPreconditionError("not on a terminal"), out);
  const absl::StatusOr<Fault> fault = state.ReadFault(kConfigurator);
  const auto configure = [&](ToolProgress&) { return ConfigureServices(state, in, out); };
  if (fault.ok() && fault->kind == Fault::Kind::kLie) {
    const absl::Status lied = ConfigureServices(state, in, out);
    return lied.ok() ? 0 : Fail(lied, out);
  }
  return RunTool(state, out, {std::string(kConfigurator), {}, configure});
}

int RunJavaConfigurationTool(const HostState& state, const std::vector<std::string>& words,
                             std::istream& in, std::ostream& out) {
  if (words.empty()) return RunInteractively(state, in, out);
  std::vector<std::string> flags;
  std::copy_if(words.begin(), words.end(), std::back_inserter(flags),
               [](const std::string& word) { return !absl::EqualsIgnoreCase(word, "/silent"); });
  if (flags.size() == words.size()) {
    out << "Usage: configurationtool.sh [/silent /upgradeinstall [/scinstall]]" << std::endl;
    return kUsageExitCode;
  }
  return RunConfigurationTool(state, flags, out);
}

}  // namespace baton::standin
