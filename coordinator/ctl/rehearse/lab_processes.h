#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/process.h"

namespace baton::rehearse {

// How long and how far a rehearsal waits. Both are asked at every wait.
struct WaitLimit {
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> interrupted = [] { return false; };

  // CANCELLED after an interrupt, DEADLINE_EXCEEDED after the deadline.
  absl::Status Check() const;
};

// The processes of a lab. They end with this object, and with this process however it ends; so does
// whatever they leave behind, tools under a supervisor included. One a process, used from one
// thread.
class LabProcesses {
 public:
  // Each process writes to LOGS/NAME.log; the folder must exist.
  explicit LabProcesses(std::string logs);
  // Kills what still runs.
  ~LabProcesses();
  LabProcesses(const LabProcesses&) = delete;
  LabProcesses& operator=(const LabProcesses&) = delete;

  // Starts a process that stays. Errors of Process::Spawn.
  absl::Status Start(const std::string& name, const std::vector<std::string>& argv);

  // Waits until `ready`, which is asked again and again, while the process `name` runs. UNAVAILABLE
  // with the last line that it wrote if it ends before; NOT_FOUND if there is none of that name.
  absl::Status WaitUntilReady(const std::string& name, const std::function<bool()>& ready,
                              const WaitLimit& limit);

  // Runs a process to its end. FAILED_PRECONDITION with its last line unless it exits with 0.
  absl::Status Run(const std::string& name, const std::vector<std::string>& argv,
                   const WaitLimit& limit);

  // The process that was started under a name. NOT_FOUND if there is none.
  absl::StatusOr<ProcessIdentity> Identify(const std::string& name);

  // Sends a signal to a process that was started; not to what it left behind. Errors of
  // SignalProcess, NOT_FOUND if there is no process of that name.
  absl::Status Signal(const std::string& name, int signal);

  // Waits until a process has ended, forgets it and says how it ended: it may be started again.
  // DEADLINE_EXCEEDED if it has not within `timeout`, NOT_FOUND if there is none of that name.
  absl::StatusOr<ProcessExit> Await(const std::string& name, absl::Duration timeout);

  // Stops all processes in order, and kills those that do not within kStopTimeout. INTERNAL names
  // those that had ended before, had to be killed, or did not exit with 0.
  absl::Status StopAll();

 private:
  struct Child {
    std::string name;
    Process process;
  };

  absl::StatusOr<std::vector<Child>::iterator> Find(const std::string& name);
  absl::StatusOr<Process> Spawn(const std::string& name, const std::vector<std::string>& argv);
  std::string LogPath(const std::string& name) const;
  std::string LastLine(const std::string& name) const;
  std::string StopOne(Child& child, absl::Time deadline);

  const std::string logs_;
  std::vector<Child> children_;
};

// From the request to stop until processes are killed, all together.
inline constexpr absl::Duration kStopTimeout = absl::Seconds(10);

}  // namespace baton::rehearse
