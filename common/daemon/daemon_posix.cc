#include <fcntl.h>
#include <poll.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/daemon/daemon_loop.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace baton {
namespace {

// Where the signal handler writes; -1 when there is no loop. A handler can reach nothing but
// globals.
volatile std::sig_atomic_t signal_pipe = -1;

// Handlers and a pipe, not a blocked mask and sigwait: programs that the daemon runs would inherit
// the mask and could not be ended; handlers are reset when a program is run.
void PassSignalOn(int signal_number) {
  const int saved_errno = errno;
  const char byte = static_cast<char>(signal_number);
  // When the pipe is full there are signals enough in it.
  [[maybe_unused]] const ssize_t written = write(signal_pipe, &byte, 1);
  errno = saved_errno;
}

void IgnoreSignal(int /*signal_number*/) {}

constexpr std::array<int, 4> kSignals = {SIGTERM, SIGINT, SIGHUP, SIGPIPE};

// The time between two pings, if systemd watches this process. A third leaves room for one that is
// late.
std::optional<absl::Duration> WatchdogInterval() {
  uint64_t timeout_us = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &timeout_us) <= 0) return std::nullopt;
  return absl::Microseconds(static_cast<int64_t>(timeout_us)) / 3;
}

// Tells systemd, if it listens. Not to be heard is no reason to stop working.
void Notify(const std::string& state) {
  const int result = sd_notify(/*unset_environment=*/0, state.c_str());
  if (result < 0) {
    LogWarning(PosixError(absl::StrCat("notify systemd: ", state), -result).message());
  }
}

class PosixDaemonLoop : public DaemonLoop {
 public:
  PosixDaemonLoop(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {
    signal_pipe = write_end;
    for (size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction action {};
      action.sa_handler = kSignals[i] == SIGPIPE ? IgnoreSignal : PassSignalOn;
      action.sa_flags = SA_RESTART;
      sigaction(kSignals[i], &action, &previous_[i]);
    }
  }

  ~PosixDaemonLoop() override {
    for (size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &previous_[i], /*oldact=*/nullptr);
    }
    signal_pipe = -1;
    close(read_end_);
    close(write_end_);
  }

  PosixDaemonLoop(const PosixDaemonLoop&) = delete;
  PosixDaemonLoop& operator=(const PosixDaemonLoop&) = delete;

  void RunUntilStop(Daemon& daemon) override {
    Notify("READY=1");
    const std::optional<absl::Duration> interval = WatchdogInterval();
    for (;;) {
      if (interval.has_value()) PingWatchdog(daemon);
      const int signal_number = WaitForSignal(interval);
      if (signal_number == SIGHUP) Reload(daemon);
      if (signal_number == SIGTERM || signal_number == SIGINT) break;
    }
    // Whoever asks a second time does not want to wait for the orderly stop.
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    Notify("STOPPING=1");
  }

 private:
  // The next signal; 0 when `timeout` ran out before one came.
  int WaitForSignal(std::optional<absl::Duration> timeout) const {
    pollfd readable{read_end_, POLLIN, 0};
    const int timeout_ms =
        timeout.has_value() ? static_cast<int>(absl::ToInt64Milliseconds(*timeout)) : -1;
    char byte = 0;
    if (poll(&readable, 1, timeout_ms) > 0 && read(read_end_, &byte, 1) == 1) return byte;
    return 0;
  }

  void PingWatchdog(Daemon& daemon) {
    const bool alive = daemon.Alive();
    if (alive) Notify("WATCHDOG=1");
    if (was_alive_ && !alive) LogError("work has come to a halt; the watchdog is not pinged");
    was_alive_ = alive;
  }

  static void Reload(Daemon& daemon) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    // systemd asks for the time to tell this reload from an earlier one.
    Notify(absl::StrCat("RELOADING=1\nMONOTONIC_USEC=",
                        absl::ToInt64Microseconds(absl::DurationFromTimespec(now))));
    const absl::Status status = daemon.Reload();
    if (status.ok()) {
      LogInfo("reloaded");
    } else {
      LogError(absl::StrCat("reload: ", status.message()));
    }
    Notify("READY=1");
  }

  const int read_end_;
  const int write_end_;
  std::array<struct sigaction, kSignals.size()> previous_{};
  bool was_alive_ = true;
};

}  // namespace

absl::StatusOr<std::unique_ptr<DaemonLoop>> DaemonLoop::Make() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return PosixError("make a pipe for signals", errno);
  }
  return std::make_unique<PosixDaemonLoop>(ends[0], ends[1]);
}

}  // namespace baton
