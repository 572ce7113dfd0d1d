#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {

class Session;

// Where the value of an argument goes. Lists take one word or several.
using ArgumentTarget = std::variant<bool Options::*, std::string Options::*, uint32_t Options::*,
                                    std::vector<std::string> Options::*>;

// One argument of a command: an option if its name begins with "--", else a positional.
struct Argument {
  absl::string_view name;
  absl::string_view help;
  ArgumentTarget target;
  bool required = false;
};

// One command of the program. Connecting, printing errors and the exit code are not its business:
// an error that `run` returns is explained, and gives the code of ExitCodeOf.
struct Command {
  absl::string_view name;  // one word, or "runs list": a group, or another command, and a word
  absl::string_view summary;
  std::vector<Argument> arguments;
  absl::string_view example;
  absl::StatusOr<ExitCode> (*run)(Session& session);
};

// The commands by source file, and all of them in the order in which help shows them.
std::vector<Command> FarmCommands();
std::vector<Command> PlanCommands();
std::vector<Command> RunCommands();
std::vector<Command> ReturnCommands();
std::vector<Command> GateCommands();
std::vector<Command> DebtCommands();
std::vector<Command> ReportCommands();
std::vector<Command> ReplayCommands();
std::vector<Command> PkiCommands();
std::vector<Command> RehearseCommands();
std::vector<Command> SecretsCommands();
std::vector<Command> AllCommands();

// Words of help for the groups: "runs".
absl::string_view GroupSummary(absl::string_view group);

}  // namespace baton::ctl
