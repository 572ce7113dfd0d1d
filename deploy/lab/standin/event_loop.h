#pragma once

#include <functional>
#include <map>
#include <memory>

#include "absl/time/time.h"

#include "deploy/lab/standin/socket.h"

namespace baton::standin {

// One thread that waits for file descriptors, timers and signals: every long-running part of the
// stand-in is a set of callbacks on one loop, so that none of them needs locks, and a parent's
// death signal reaches it. SIGTERM, SIGINT and SIGCHLD are blocked from construction on; a child
// must unblock them before it runs another program. Not thread-safe.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `on_readable` whenever `fd` is readable, closed or broken, until Unwatch.
  void Watch(int fd, std::function<void()> on_readable);
  void Unwatch(int fd);

  // Calls `callback` once, `delay` from now, after everything that is readable by then was handled.
  void After(absl::Duration delay, std::function<void()> callback);

  // Called with the number of each signal that arrives.
  void OnSignal(std::function<void(int)> callback) { on_signal_ = std::move(callback); }

  // Returns the value given to Stop.
  int Run();

  // Makes Run return after the current callback.
  void Stop(int exit_code);

 private:
  void Poll();
  void RunDueTimers();
  void ReadSignals();

  FileDescriptor signal_fd_;
  // Shared so that a callback may unwatch itself while it runs.
  std::map<int, std::shared_ptr<std::function<void()>>> watched_;
  std::multimap<absl::Duration, std::function<void()>> timers_;  // by monotonic time
  std::function<void(int)> on_signal_;
  bool stopped_ = false;
  int exit_code_ = 0;
};

}  // namespace baton::standin
