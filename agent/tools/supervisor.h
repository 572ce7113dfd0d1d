#pragma once

#include <string>

namespace baton {

// What `baton-agent supervise FOLDER` does: runs the tool whose stored command is in this folder,
// once, and outlives the agent while it does. Returns the program's exit code: 0 when the tool's
// end has been stored, 1 otherwise, with a line on standard error.
//
// It reads `command`, with the secrets from standard input; starts the tool in a process group of
// its own; stores `start` before the tool runs; drains its output into `output`; sends SIGTERM to
// the group when the time-out is over, or when it gets SIGTERM itself, and SIGKILL after the grace;
// removes the command's files, and stores `exit` last. When the tool has ended, what is left of its
// process group is killed: an operation that is over must not go on changing the host. Services
// that a tool starts have to leave its process group (and, where the supervisor is a systemd unit,
// its control group), as those that a service manager starts do; those of a command with
// `leaves_services` need not.
//
// REQUIRES: the only thread of the process, which it prepares for its purpose.
int RunSupervisor(const std::string& tool_folder);

}  // namespace baton
