#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/process/file_descriptor.h"
#include "common/process/process_identity.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/rehearse/lab_processes.h"

namespace baton::rehearse {
namespace {

constexpr mode_t kLogMode = 0600;
// Between two questions whether a process is ready.
constexpr absl::Duration kReadyInterval = absl::Milliseconds(10);
// Orphans that are killed one after the other: a supervisor's tool becomes one when it goes.
constexpr int kOrphanRoundsMax = 1000;

// Processes whose parent is this one.
std::vector<pid_t> Children() {
  std::ifstream file(absl::StrCat("/proc/self/task/", getpid(), "/children"));
  std::vector<pid_t> pids;
  for (pid_t pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

// What the lab's processes left becomes this process's children; see PR_SET_CHILD_SUBREAPER.
void KillOrphans() {
  for (int round = 0; round < kOrphanRoundsMax; ++round) {
    const std::vector<pid_t> orphans = Children();
    if (orphans.empty()) return;
    for (const pid_t pid : orphans) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
}

std::string HowItEnded(const ProcessExit& end) {
  return end.signal != 0 ? absl::StrCat("was ended by signal ", end.signal)
                         : absl::StrCat("exited with ", end.code);
}

}  // namespace

absl::Status WaitLimit::Check() const {
  if (interrupted()) return absl::CancelledError("interrupted");
  if (absl::Now() >= deadline) return absl::DeadlineExceededError("the time is up");
  return absl::OkStatus();
}

LabProcesses::LabProcesses(std::string logs) : logs_(std::move(logs)) {
  // Supervisors detach themselves from the agent that started them: they shall end up here.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

LabProcesses::~LabProcesses() {
  for (Child& child : children_) {
    KillGroup(child.process.identity(), SIGKILL).IgnoreError();
    child.process.Collect().status().IgnoreError();
  }
  KillOrphans();
}

absl::Status LabProcesses::Start(const std::string& name, const std::vector<std::string>& argv) {
  ASSIGN_OR_RETURN(Process process, Spawn(name, argv));
  children_.push_back({name, std::move(process)});
  return absl::OkStatus();
}

absl::Status LabProcesses::WaitUntilReady(const std::string& name,
                                          const std::function<bool()>& ready,
                                          const WaitLimit& limit) {
  ASSIGN_OR_RETURN(const auto child, Find(name));
  while (!ready()) {
    if (child->process.WaitForEnd(kReadyInterval).ok()) {
      return absl::UnavailableError(
          absl::StrCat(name, " ended before it was ready: ", LastLine(name)));
    }
    if (const absl::Status in_time = limit.Check(); !in_time.ok()) {
      return Annotate(in_time, absl::StrCat("wait until ", name, " is ready"));
    }
  }
  return absl::OkStatus();
}

absl::Status LabProcesses::Run(const std::string& name, const std::vector<std::string>& argv,
                               const WaitLimit& limit) {
  RETURN_IF_ERROR(Start(name, argv));
  Process& process = children_.back().process;
  while (!process.WaitForEnd(kReadyInterval).ok()) {
    // The destructor ends it.
    if (const absl::Status in_time = limit.Check(); !in_time.ok()) return Annotate(in_time, name);
  }
  const absl::StatusOr<ProcessExit> end = process.Collect();
  children_.pop_back();
  RETURN_IF_ERROR(end.status());
  if (end->signal == 0 && end->code == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(name, " ", HowItEnded(*end), ": ", LastLine(name)));
}

absl::StatusOr<ProcessIdentity> LabProcesses::Identify(const std::string& name) {
  ASSIGN_OR_RETURN(const auto child, Find(name));
  return child->process.identity();
}

absl::Status LabProcesses::Signal(const std::string& name, int signal) {
  ASSIGN_OR_RETURN(const auto child, Find(name));
  return SignalProcess(child->process.identity(), signal);
}

absl::StatusOr<ProcessExit> LabProcesses::Await(const std::string& name, absl::Duration timeout) {
  ASSIGN_OR_RETURN(const auto child, Find(name));
  RETURN_IF_ERROR(child->process.WaitForEnd(timeout));
  absl::StatusOr<ProcessExit> end = child->process.Collect();
  children_.erase(child);
  return end;
}

absl::Status LabProcesses::StopAll() {
  std::vector<std::string> unusual;
  const absl::Time deadline = absl::Now() + kStopTimeout;
  // Those that were started last depend on the others.
  std::reverse(children_.begin(), children_.end());
  for (Child& child : children_) {
    std::string what = StopOne(child, deadline);
    if (!what.empty()) unusual.push_back(std::move(what));
  }
  children_.clear();
  KillOrphans();
  if (unusual.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrJoin(unusual, "; "));
}

std::string LabProcesses::StopOne(Child& child, absl::Time deadline) {
  const bool ended_before = child.process.WaitForEnd(absl::ZeroDuration()).ok();
  SignalProcess(child.process.identity(), SIGTERM).IgnoreError();
  const bool in_time = child.process.WaitForEnd(deadline - absl::Now()).ok();
  KillGroup(child.process.identity(), SIGKILL).IgnoreError();
  const absl::StatusOr<ProcessExit> end = child.process.Collect();
  if (!end.ok()) return absl::StrCat(child.name, ": ", end.status().message());
  if (ended_before || end->code != 0 || end->signal != 0 || !in_time) {
    return absl::StrCat(child.name, ended_before ? " ended before it was told to: it " : " ",
                        HowItEnded(*end), ": ", LastLine(child.name));
  }
  return "";
}

absl::StatusOr<std::vector<LabProcesses::Child>::iterator> LabProcesses::Find(
    const std::string& name) {
  const auto child = std::find_if(children_.begin(), children_.end(),
                                  [&name](const Child& c) { return c.name == name; });
  if (child != children_.end()) return child;
  return absl::NotFoundError(absl::StrCat("the lab runs no ", name));
}

absl::StatusOr<Process> LabProcesses::Spawn(const std::string& name,
                                            const std::vector<std::string>& argv) {
  const std::string log = LogPath(name);
  const FileDescriptor output(
      open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, kLogMode));
  if (!output.open()) return PosixError(absl::StrCat("open ", log), errno);
  ProcessCommand command;
  command.argv = argv;
  command.output_fd = output.get();
  command.dies_with_parent = true;
  return Process::Spawn(command);
}

std::string LabProcesses::LogPath(const std::string& name) const {
  return absl::StrCat(logs_, "/", name, ".log");
}

std::string LabProcesses::LastLine(const std::string& name) const {
  std::ifstream log(LogPath(name));
  std::string last = "it wrote nothing";
  for (std::string line; std::getline(log, line);) {
    if (!line.empty()) last = std::move(line);
  }
  return last;
}

}  // namespace baton::rehearse
