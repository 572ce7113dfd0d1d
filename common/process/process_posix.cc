#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/process/pidfd.h"
#include "common/process/process.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr int kExitCodeOfFailedChild = 127;
constexpr int kFirstDescriptorAboveStandard = 3;

// What the child was doing when it failed. Sent with errno to the parent.
enum class ChildStep { kPrepare, kEnterFolder, kExecute };

struct ChildFailure {
  ChildStep step;
  int error_number;
};

// All that the child needs. It is prepared before the fork: between fork and exec a child of a
// multi-threaded process may not allocate.
struct ChildPlan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* working_directory = nullptr;
  bool detached = false;
  bool dies_with_parent = false;
  bool controlling_terminal = false;
  FileDescriptor input;
  FileDescriptor output;
  FileDescriptor failure_reader;
  FileDescriptor failure_writer;  // closed by a successful exec
  FileDescriptor gate_reader;     // one byte opens the gate, its end discards the child
  FileDescriptor gate_writer;
};

std::string ContextOf(const ProcessCommand& command) {
  return absl::StrCat("start \"", command.argv.empty() ? "" : command.argv[0], "\"");
}

// ---- In the child: async-signal-safe calls only.

[[noreturn]] void Fail(const ChildPlan& plan, ChildStep step) {
  const ChildFailure failure{step, errno};
  // Nobody is left to tell if this fails.
  [[maybe_unused]] const ssize_t count =
      write(plan.failure_writer.get(), &failure, sizeof(failure));
  _exit(kExitCodeOfFailedChild);
}

void ResetSignals() {
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, nullptr);  // SIGKILL and SIGSTOP cannot be changed, which is fine
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void WaitAtGate(const ChildPlan& plan) {
  close(plan.gate_writer.get());
  char ticket = 0;
  ssize_t count = 0;
  do {
    count = read(plan.gate_reader.get(), &ticket, 1);
  } while (count < 0 && errno == EINTR);
  if (count != 1) _exit(kExitCodeOfFailedChild);
}

[[noreturn]] void RunChild(const ChildPlan& plan) {
  if (plan.detached) {
    const pid_t grandchild = fork();
    if (grandchild < 0) Fail(plan, ChildStep::kPrepare);
    if (grandchild > 0) _exit(0);
  }
  if (setsid() < 0) Fail(plan, ChildStep::kPrepare);
  // A parent that is gone by now closed the gate, so that the child ends there.
  if (plan.dies_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
    Fail(plan, ChildStep::kPrepare);
  }
  if (dup2(plan.input.get(), STDIN_FILENO) < 0 || dup2(plan.output.get(), STDOUT_FILENO) < 0 ||
      dup2(plan.output.get(), STDERR_FILENO) < 0) {
    Fail(plan, ChildStep::kPrepare);
  }
  if (plan.controlling_terminal && ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) {
    Fail(plan, ChildStep::kPrepare);
  }
  if (chdir(plan.working_directory) != 0) Fail(plan, ChildStep::kEnterFolder);
  ResetSignals();
  WaitAtGate(plan);
  // Descriptors that somebody opened without close-on-exec stay out of the program, too. Kernels
  // before 5.11 refuse, and then only those leak.
  close_range(kFirstDescriptorAboveStandard, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(plan.argv[0], plan.argv.data(), plan.environment.data());
  Fail(plan, ChildStep::kExecute);
}

// ---- In the parent.

// A copy of `fd`, or /dev/null if it is -1. It is none of the standard descriptors, which the child
// overwrites one after the other.
absl::StatusOr<FileDescriptor> CopyAboveStandard(int fd) {
  const FileDescriptor null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.open()) return PosixError("open /dev/null", errno);
  FileDescriptor copy(
      fcntl(fd < 0 ? null.get() : fd, F_DUPFD_CLOEXEC, kFirstDescriptorAboveStandard));
  if (!copy.open()) return PosixError("copy a file descriptor", errno);
  return copy;
}

absl::Status MakePipe(FileDescriptor& reader, FileDescriptor& writer) {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return PosixError("make a pipe", errno);
  const FileDescriptor low_reader(ends[0]);
  const FileDescriptor low_writer(ends[1]);
  ASSIGN_OR_RETURN(reader, CopyAboveStandard(low_reader.get()));
  ASSIGN_OR_RETURN(writer, CopyAboveStandard(low_writer.get()));
  return absl::OkStatus();
}

// The pointers that execve wants. It does not write through them.
std::vector<char*> PointersTo(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

bool HasNul(const std::string& word) { return word.find('\0') != std::string::npos; }

absl::Status Validate(const ProcessCommand& command) {
  if (command.argv.empty() || command.argv[0].empty()) {
    return absl::InvalidArgumentError("no program is named");
  }
  if (std::any_of(command.argv.begin(), command.argv.end(), HasNul) ||
      std::any_of(command.environment.begin(), command.environment.end(), HasNul) ||
      HasNul(command.working_directory)) {
    return absl::InvalidArgumentError("the command contains a NUL byte");
  }
  return absl::OkStatus();
}

absl::StatusOr<ChildPlan> PlanChild(const ProcessCommand& command, bool detached) {
  RETURN_IF_ERROR(Validate(command));
  ChildPlan plan;
  plan.argv = PointersTo(command.argv);
  plan.environment = PointersTo(command.environment);
  plan.working_directory = command.working_directory.c_str();
  plan.detached = detached;
  plan.dies_with_parent = command.dies_with_parent && !detached;
  plan.controlling_terminal = command.controlling_terminal;
  ASSIGN_OR_RETURN(plan.input, CopyAboveStandard(command.input_fd));
  ASSIGN_OR_RETURN(plan.output, CopyAboveStandard(command.output_fd));
  RETURN_IF_ERROR(MakePipe(plan.failure_reader, plan.failure_writer));
  RETURN_IF_ERROR(MakePipe(plan.gate_reader, plan.gate_writer));
  return plan;
}

absl::StatusOr<pid_t> Fork(ChildPlan& plan) {
  const pid_t pid = fork();
  if (pid < 0) return PosixError("fork", errno);
  if (pid == 0) RunChild(plan);
  plan.failure_writer.Close();
  return pid;
}

// Lets the child become the program and waits until it has, or has failed to.
absl::Status OpenGate(ChildPlan& plan, const ProcessCommand& command) {
  // This process holds the other end open too: a child that has failed already raises no SIGPIPE
  // here.
  ssize_t count = write(plan.gate_writer.get(), "", 1);
  if (count != 1) return PosixError("let the process run", errno);
  ChildFailure failure{};
  do {
    count = read(plan.failure_reader.get(), &failure, sizeof(failure));
  } while (count < 0 && errno == EINTR);
  if (count == 0) return absl::OkStatus();
  if (count != sizeof(failure)) return PosixError("read the outcome of the start", errno);
  switch (failure.step) {
    case ChildStep::kEnterFolder:
      return PosixError(absl::StrCat("enter folder \"", command.working_directory, "\""),
                        failure.error_number);
    case ChildStep::kPrepare:
      return PosixError("prepare the process", failure.error_number);
    case ChildStep::kExecute:
      break;
  }
  return PosixError("execute", failure.error_number);
}

absl::StatusOr<ProcessExit> CollectPid(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return PosixError(absl::StrCat("wait for process ", pid), errno);
  }
  if (WIFSIGNALED(status)) return ProcessExit{0, WTERMSIG(status)};
  return ProcessExit{WEXITSTATUS(status), 0};
}

}  // namespace

absl::StatusOr<Process> Process::Spawn(const ProcessCommand& command,
                                       const BeforeExec& before_exec) {
  const std::string context = ContextOf(command);
  absl::StatusOr<ChildPlan> plan = PlanChild(command, /*detached=*/false);
  if (!plan.ok()) return Annotate(plan.status(), context);
  const absl::StatusOr<pid_t> pid = Fork(*plan);
  if (!pid.ok()) return Annotate(pid.status(), context);

  FileDescriptor end(pidfd_open(*pid, 0));
  absl::Status status = end.open() ? absl::OkStatus() : PosixError("watch the process", errno);
  absl::StatusOr<ProcessIdentity> identity = IdentifyProcess(*pid);
  if (status.ok()) status = identity.status();
  if (status.ok() && before_exec) status = before_exec(*identity);
  if (status.ok()) status = OpenGate(*plan, command);
  if (status.ok()) return Process(*std::move(identity), std::move(end));

  plan->gate_writer.Close();  // a child that still waits ends now
  const absl::StatusOr<ProcessExit> discarded = CollectPid(*pid);
  return Annotate(discarded.ok() ? status : discarded.status(), context);
}

absl::Status Process::WaitForEnd(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  pollfd end{end_.get(), POLLIN, 0};
  while (true) {
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    const timespec wait = absl::ToTimespec(std::min(left, absl::Hours(24)));
    const int count = ppoll(&end, 1, &wait, nullptr);
    if (count > 0) return absl::OkStatus();
    if (count < 0 && errno != EINTR) {
      return PosixError(absl::StrCat("wait for process ", identity_.pid), errno);
    }
    if (count == 0 && left == absl::ZeroDuration()) {
      return absl::DeadlineExceededError(absl::StrCat(
          "process ", identity_.pid, " still runs after ", absl::FormatDuration(timeout)));
    }
  }
}

absl::StatusOr<ProcessExit> Process::Collect() {
  return CollectPid(static_cast<pid_t>(identity_.pid));
}

absl::Status SpawnDetached(const ProcessCommand& command) {
  const std::string context = ContextOf(command);
  absl::StatusOr<ChildPlan> plan = PlanChild(command, /*detached=*/true);
  if (!plan.ok()) return Annotate(plan.status(), context);
  const absl::StatusOr<pid_t> pid = Fork(*plan);
  if (!pid.ok()) return Annotate(pid.status(), context);
  const absl::Status started = OpenGate(*plan, command);
  const absl::StatusOr<ProcessExit> intermediate = CollectPid(*pid);
  return Annotate(started.ok() ? intermediate.status() : started, context);
}

}  // namespace baton
