#include "deploy/lab/standin/event_loop.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/time/clock.h"

namespace baton::standin {
namespace {

constexpr absl::Duration kPollMax = absl::Seconds(60);

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, number);
  return signals;
}

}  // namespace

EventLoop::EventLoop() {
  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal_fd_ = FileDescriptor(signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  Watch(signal_fd_.get(), [this] { ReadSignals(); });
}

EventLoop::~EventLoop() = default;

void EventLoop::Watch(int fd, std::function<void()> on_readable) {
  watched_[fd] = std::make_shared<std::function<void()>>(std::move(on_readable));
}

void EventLoop::Unwatch(int fd) { watched_.erase(fd); }

void EventLoop::After(absl::Duration delay, std::function<void()> callback) {
  timers_.emplace(SystemClock().Monotonic() + delay, std::move(callback));
}

int EventLoop::Run() {
  while (!stopped_) {
    Poll();
    RunDueTimers();
  }
  return exit_code_;
}

void EventLoop::Stop(int exit_code) {
  stopped_ = true;
  exit_code_ = exit_code;
}

void EventLoop::Poll() {
  absl::Duration wait = kPollMax;
  if (!timers_.empty()) {
    wait = std::clamp(timers_.begin()->first - SystemClock().Monotonic(), absl::ZeroDuration(),
                      kPollMax);
  }
  std::vector<pollfd> fds;
  for (const auto& [fd, callback] : watched_) fds.push_back({fd, POLLIN, 0});
  // One millisecond more: a timer must not be found early and polled for in a busy loop.
  const int wait_ms =
      wait == absl::ZeroDuration() ? 0 : static_cast<int>(absl::ToInt64Milliseconds(wait)) + 1;
  if (poll(fds.data(), fds.size(), wait_ms) <= 0) return;
  for (const pollfd& entry : fds) {
    const auto found = watched_.find(entry.fd);
    if (entry.revents == 0 || found == watched_.end() || stopped_) continue;
    const std::shared_ptr<std::function<void()>> callback = found->second;
    (*callback)();
  }
}

void EventLoop::RunDueTimers() {
  // Timers that callbacks add wait for the next round, so that descriptors are never starved.
  const absl::Duration now = SystemClock().Monotonic();
  const auto end = timers_.upper_bound(now);
  std::vector<std::function<void()>> due;
  for (auto timer = timers_.begin(); timer != end; ++timer) due.push_back(std::move(timer->second));
  timers_.erase(timers_.begin(), end);
  for (const std::function<void()>& callback : due) {
    if (!stopped_) callback();
  }
}

void EventLoop::ReadSignals() {
  signalfd_siginfo info{};
  while (read(signal_fd_.get(), &info, sizeof(info)) == sizeof(info)) {
    if (on_signal_) on_signal_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace baton::standin
