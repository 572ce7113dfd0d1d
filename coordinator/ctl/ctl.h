#pragma once

#include <string>
#include <vector>

#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// The whole program `baton`: parses the arguments after the program's name, runs the command,
// prints what went wrong, and returns the code to exit with.
ExitCode RunCommandLine(Environment& environment, std::vector<std::string> args);

}  // namespace baton::ctl
