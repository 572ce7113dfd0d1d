#include "coordinator/ctl/ctl.h"

#include <utility>

#include "coordinator/ctl/command.h"
#include "coordinator/ctl/command_line.h"

namespace baton::ctl {

std::vector<Command> AllCommands() {
  std::vector<Command> all;
  for (std::vector<Command> some :
       {FarmCommands(), PlanCommands(), RunCommands(), ReturnCommands(), GateCommands(),
        DebtCommands(), ReportCommands(), ReplayCommands(), RehearseCommands(), SecretsCommands(),
        PkiCommands()}) {
    for (Command& command : some) all.push_back(std::move(command));
  }
  return all;
}

absl::string_view GroupSummary(absl::string_view group) {
  if (group == "runs") return "List, show or watch runs";
  if (group == "secrets") return "See whether the farm's secrets can be read";
  if (group == "pki") return "Make, renew and revoke the farm's certificates";
  return "";
}

ExitCode RunCommandLine(Environment& environment, std::vector<std::string> args) {
  const std::vector<Command> commands = AllCommands();
  const Invocation invocation = ParseCommandLine(commands, std::move(args));
  Session session(environment, invocation.options);
  if (!invocation.error.empty()) {
    return session.Fail({invocation.exit_code, invocation.error, "", {invocation.hint}});
  }
  if (!invocation.output.empty()) {
    environment.console.Write(invocation.output);
    return ExitCode::kDone;
  }
  const absl::StatusOr<ExitCode> exit_code = invocation.command->run(session);
  if (exit_code.ok()) return *exit_code;
  Message message = Explain(exit_code.status(), session.MakeStyle());
  if (message.exit_code == ExitCode::kUsage) message.next = {invocation.hint};
  return session.Fail(message);
}

}  // namespace baton::ctl
