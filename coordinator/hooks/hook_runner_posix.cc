#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/process/file_descriptor.h"
#include "common/process/process.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "coordinator/hooks/hook_output.h"
#include "coordinator/hooks/posix_hook_runner.h"

namespace baton {
namespace {

constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr mode_t kOthersMayWrite = S_IWGRP | S_IWOTH;
// Between the request to end and the end by force.
constexpr absl::Duration kKillGrace = absl::Seconds(5);
// What left the hook's process group may hold its output open and write for ever.
constexpr absl::Duration kRestTimeMax = absl::Seconds(2);
constexpr size_t kReadBytes = size_t{64} << 10;

// The ends of a pipe that becomes a hook's output.
struct OutputPipe {
  FileDescriptor reader;  // does not block
  FileDescriptor writer;
};

absl::StatusOr<OutputPipe> MakeOutputPipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return PosixError("make a pipe", errno);
  OutputPipe result{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return PosixError("prepare a pipe", errno);
  return result;
}

// Follows one process to its end.
class HookWatch {
 public:
  HookWatch(Process& process, const FileDescriptor& reader, absl::Duration timeout,
            HookOutput& output)
      : process_(process),
        reader_(reader),
        output_(output),
        deadline_(SystemClock().Monotonic() + timeout) {}

  // Returns once the process has ended and nothing of its group is left.
  void Wait() {
    while (!HasEnded()) {
      if (deadline_ <= SystemClock().Monotonic()) EndIt();
    }
    // It is not collected yet, so that its group is still its own.
    KillGroup(process_.identity(), SIGKILL).IgnoreError();
    const absl::Duration give_up = SystemClock().Monotonic() + kRestTimeMax;
    while (Read() && SystemClock().Monotonic() < give_up) {
    }
  }

  bool timed_out() const { return timed_out_; }

 private:
  bool HasEnded() {
    const absl::Duration left = deadline_ - SystemClock().Monotonic();
    const timespec wait = absl::ToTimespec(std::max(left, absl::ZeroDuration()));
    std::array<pollfd, 2> events = {pollfd{process_.end_fd(), POLLIN, 0},
                                    pollfd{closed_ ? -1 : reader_.get(), POLLIN, 0}};
    if (ppoll(events.data(), events.size(), &wait, nullptr) <= 0) return false;
    if (events[1].revents != 0) Read();
    return events[0].revents != 0;
  }

  void EndIt() {
    KillGroup(process_.identity(), timed_out_ ? SIGKILL : SIGTERM).IgnoreError();
    timed_out_ = true;
    deadline_ = SystemClock().Monotonic() + kKillGrace;
  }

  // False when there is nothing to read now.
  bool Read() {
    std::array<char, kReadBytes> buffer;
    const ssize_t count = read(reader_.get(), buffer.data(), buffer.size());
    if (count > 0) output_.Add({buffer.data(), static_cast<size_t>(count)});
    closed_ = closed_ || count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR);
    return count > 0;
  }

  Process& process_;
  const FileDescriptor& reader_;
  HookOutput& output_;
  absl::Duration deadline_;  // on the monotonic clock
  bool timed_out_ = false;
  bool closed_ = false;
};

}  // namespace

absl::Status PosixHookRunner::Check(const std::string& program) {
  struct stat info = {};
  if (stat(program.c_str(), &info) != 0) return PosixError(program, errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(program, " is not a regular file"));
  }
  if (info.st_uid != 0 && info.st_uid != geteuid()) {
    return absl::PermissionDeniedError(absl::StrFormat(
        "%s belongs to user %d, who could change it: it must belong to root or to the user of the "
        "Baton coordinator, run: chown root %s",
        program, info.st_uid, program));
  }
  if ((info.st_mode & kOthersMayWrite) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("%s has mode %04o: others than its owner may change it, run: chmod go-w %s",
                        program, info.st_mode & 07777, program));
  }
  if (faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) != 0) {
    return PosixError(absl::StrCat(program, " cannot be run"), errno);
  }
  return absl::OkStatus();
}

void PosixHookRunner::Run(HookCommand command, OnOutput on_output, OnEnd on_end) {
  for (Running& ended : TakeEnded()) ended.thread.join();
  MutexLock lock(mutex_);
  Running& running = running_.emplace_back();
  running.thread = std::thread([this, &running, command = std::move(command),
                                on_output = std::move(on_output), on_end = std::move(on_end)] {
    on_end(Follow(command, on_output, running));
    MutexLock end_lock(mutex_);
    running.ended = true;
  });
}

PosixHookRunner::~PosixHookRunner() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    for (const Running& running : running_) {
      if (running.process.has_value()) KillGroup(*running.process, SIGKILL).IgnoreError();
    }
  }
  while (true) {
    std::thread thread;
    {
      MutexLock lock(mutex_);
      if (running_.empty()) return;
      thread = std::move(running_.front().thread);
    }
    thread.join();
    MutexLock lock(mutex_);
    running_.pop_front();
  }
}

std::list<PosixHookRunner::Running> PosixHookRunner::TakeEnded() {
  MutexLock lock(mutex_);
  std::list<Running> ended;
  for (auto running = running_.begin(); running != running_.end();) {
    const auto next = std::next(running);
    if (running->ended) ended.splice(ended.end(), running_, running);
    running = next;
  }
  return ended;
}

absl::Status PosixHookRunner::Enter(const ProcessIdentity& process, Running& running) {
  MutexLock lock(mutex_);
  if (stopping_) return absl::CancelledError("the Baton coordinator ends");
  running.process = process;
  return absl::OkStatus();
}

void PosixHookRunner::Leave(Running& running) {
  MutexLock lock(mutex_);
  running.process.reset();
}

absl::StatusOr<journal::v1::HookResult> PosixHookRunner::Follow(const HookCommand& command,
                                                                const OnOutput& on_output,
                                                                Running& running) {
  RETURN_IF_ERROR(Check(command.argv.empty() ? "" : command.argv[0]));
  ASSIGN_OR_RETURN(OutputPipe pipe, MakeOutputPipe());
  ProcessCommand program;
  program.argv = command.argv;
  program.environment = command.environment;
  program.environment.emplace_back(kPath);
  program.output_fd = pipe.writer.get();
  program.dies_with_parent = true;
  ASSIGN_OR_RETURN(Process process, Process::Spawn(program, [&](const ProcessIdentity& identity) {
                     return Enter(identity, running);
                   }));
  pipe.writer.Close();
  HookOutput output(secrets_(), on_output);
  HookWatch watch(process, pipe.reader, command.timeout, output);
  watch.Wait();
  Leave(running);
  ASSIGN_OR_RETURN(const ProcessExit exit, process.Collect());
  {
    MutexLock lock(mutex_);
    if (stopping_) return absl::CancelledError("the Baton coordinator ends");
  }
  journal::v1::HookResult result;
  result.set_exit_code(exit.code);
  result.set_signal(exit.signal);
  result.set_timed_out(watch.timed_out());
  output.Finish(result);
  return result;
}

}  // namespace baton
