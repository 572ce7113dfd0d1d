#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "agent/tools/tool_watch.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"

namespace baton {
namespace {

constexpr size_t kReadBytes = 64 << 10;
// A daemon that left the tool's process group may hold its output open and write forever.
constexpr absl::Duration kDrainTimeMax = absl::Seconds(2);
// How long one poll waits at most: bounds the conversion of long time-outs.
constexpr absl::Duration kPollTimeMax = absl::Hours(1);

}  // namespace

ToolWatch::ToolWatch(const ToolCommand& command, Process& process, const FileDescriptor& output,
                     const FileDescriptor& requests, OutputRecorder& recorder)
    : command_(command),
      process_(process),
      output_(output),
      requests_(requests),
      recorder_(recorder),
      deadline_(SystemClock().Monotonic() + command.timeout) {}

absl::StatusOr<ToolExit> ToolWatch::WaitForExit() {
  while (Step()) {
  }
  // The tool is not collected yet, so that its group is still its own.
  Signal(SIGKILL);
  DrainRest();
  ASSIGN_OR_RETURN(const ProcessExit ended, process_.Collect());
  exit_.exit_code = ended.code;
  exit_.signal = ended.signal;
  const auto& codes = command_.success_exit_codes;
  exit_.succeeded = !exit_.timed_out && !exit_.killed && ended.signal == 0 &&
                    std::find(codes.begin(), codes.end(), ended.code) != codes.end();
  return exit_;
}

bool ToolWatch::Step() {
  enum { kEnd, kRequest, kOutput, kCount };
  std::array<pollfd, kCount> events{};
  events[kEnd] = {process_.end_fd(), POLLIN, 0};
  events[kRequest] = {requests_.get(), POLLIN, 0};
  events[kOutput] = {output_ended_ ? -1 : output_.get(), POLLIN, 0};
  const timespec wait =
      absl::ToTimespec(std::clamp(TimeLeft(), absl::ZeroDuration(), kPollTimeMax));
  if (ppoll(events.data(), events.size(), &wait, nullptr) > 0) {
    if (events[kOutput].revents != 0) ReadOutput();
    if (events[kRequest].revents != 0) TakeRequest();
    if (events[kEnd].revents != 0) return false;
  }
  EnforceDeadline();
  return true;
}

bool ToolWatch::ReadOutput() {
  std::array<char, kReadBytes> buffer;
  const ssize_t count = read(output_.get(), buffer.data(), buffer.size());
  if (count > 0) {
    recorder_.Add(absl::string_view(buffer.data(), static_cast<size_t>(count)));
    return true;
  }
  const bool nothing_now = count < 0 && (errno == EAGAIN || errno == EINTR);
  output_ended_ = !nothing_now;
  return false;
}

void ToolWatch::DrainRest() {
  const absl::Duration deadline = SystemClock().Monotonic() + kDrainTimeMax;
  while (!output_ended_ && SystemClock().Monotonic() < deadline) {
    if (!ReadOutput()) return;
  }
}

void ToolWatch::TakeRequest() {
  signalfd_siginfo request{};
  if (read(requests_.get(), &request, sizeof(request)) != sizeof(request)) return;
  if (phase_ != Phase::kRunning) return;
  exit_.killed = true;
  Terminate();
}

void ToolWatch::EnforceDeadline() {
  if (TimeLeft() > absl::ZeroDuration()) return;
  switch (phase_) {
    case Phase::kRunning:
      exit_.timed_out = true;
      Terminate();
      break;
    case Phase::kTerminating:
      Signal(SIGKILL);
      phase_ = Phase::kKilled;
      deadline_ = absl::InfiniteDuration();
      break;
    case Phase::kKilled:
      break;
  }
}

void ToolWatch::Terminate() {
  Signal(SIGTERM);
  phase_ = Phase::kTerminating;
  deadline_ = SystemClock().Monotonic() + command_.kill_grace;
}

void ToolWatch::Signal(int signal) const {
  // What is gone already is what was wanted.
  if (command_.leaves_services) {
    SignalProcess(process_.identity(), signal).IgnoreError();
  } else {
    KillGroup(process_.identity(), signal).IgnoreError();
  }
}

absl::Duration ToolWatch::TimeLeft() const { return deadline_ - SystemClock().Monotonic(); }

}  // namespace baton
