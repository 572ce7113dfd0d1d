#pragma once

namespace baton::standin {

// The whole program: reads the command line and runs one subcommand. Returns the exit code.
int RunStandin(int argc, char** argv);

}  // namespace baton::standin
