#pragma once

#include <string>
#include <vector>

#include "coordinator/ctl/command.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {

// What a command line asks for: a command with its options, or help, or nothing that can be done.
struct Invocation {
  const Command* command = nullptr;  // in the table that was parsed with; null if none was named
  Options options;
  std::string output;  // help that was asked for; print it and do nothing else
  std::string error;   // what is wrong, in words; the code is kUsage then
  std::string hint;    // how to get help about the command
  ExitCode exit_code = ExitCode::kDone;
};

// Reads the arguments after the program's name. Pure; `commands` must outlive the result.
Invocation ParseCommandLine(const std::vector<Command>& commands, std::vector<std::string> args);

}  // namespace baton::ctl
