#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/file_descriptor.h"
#include "common/process/process_identity.h"

namespace baton {

// What to start. No shell is involved, nothing is searched in PATH and nothing is inherited:
// neither environment nor open files nor signal mask.
struct ProcessCommand {
  std::vector<std::string> argv;         // argv[0] is the path of the program
  std::vector<std::string> environment;  // complete, as NAME=VALUE
  std::string working_directory = "/";
  int input_fd = -1;   // becomes standard input; -1 is /dev/null. Borrowed
  int output_fd = -1;  // becomes standard output and standard error; -1 is /dev/null. Borrowed
  // Killed by the system when the thread that started it ends, however that comes about. Not for
  // SpawnDetached.
  bool dies_with_parent = false;
  // `input_fd` is a terminal and becomes the one that the program's session belongs to.
  bool controlling_terminal = false;
};

// How a process ended.
struct ProcessExit {
  int code = 0;    // exit code, 0 if a signal killed it
  int signal = 0;  // the signal that killed it, or 0
};

// A child of this process, in a session and process group of its own. The object only watches: when
// it goes, the child neither ends nor is it collected. Not thread-safe; needs Linux 5.4.
class Process {
 public:
  // Called when the process exists but has not yet become the program. An error discards it: the
  // program has then not run at all.
  using BeforeExec = std::function<absl::Status(const ProcessIdentity&)>;

  // Starts a program. Errors name it and end with the system's words: NOT_FOUND or
  // PERMISSION_DENIED if it cannot be executed or the working directory cannot be entered,
  // INVALID_ARGUMENT for a command that cannot be passed to the system. Thread-safe.
  static absl::StatusOr<Process> Spawn(const ProcessCommand& command,
                                       const BeforeExec& before_exec = nullptr);

  const ProcessIdentity& identity() const { return identity_; }

  // A descriptor that becomes readable once the process has ended, for poll loops.
  int end_fd() const { return end_.get(); }

  // Waits until the process has ended. DEADLINE_EXCEEDED if it has not within `timeout`. The
  // process is not collected: its pid stays taken and KillGroup reaches what is left of its group.
  absl::Status WaitForEnd(absl::Duration timeout);

  // Waits for the end of the process, collects it and says how it ended. Call once.
  absl::StatusOr<ProcessExit> Collect();

 private:
  Process(ProcessIdentity identity, FileDescriptor end)
      : identity_(std::move(identity)), end_(std::move(end)) {}

  ProcessIdentity identity_;
  FileDescriptor end_;
};

// Starts a program that is nobody's child: it outlives this process, in a session of its own, and
// needs no collecting. Errors are those of Process::Spawn. Thread-safe.
absl::Status SpawnDetached(const ProcessCommand& command);

}  // namespace baton
