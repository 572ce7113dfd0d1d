#include "coordinator/ctl/rehearse/time_limit.h"

#include <utility>

#include "absl/time/clock.h"

namespace baton::rehearse {

TimeLimit::TimeLimit(absl::Time deadline, std::function<void()> on_expiry)
    : thread_([this, deadline, on_expiry = std::move(on_expiry)] { Wait(deadline, on_expiry); }) {}

TimeLimit::~TimeLimit() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void TimeLimit::Wait(absl::Time deadline, const std::function<void()>& on_expiry) {
  {
    const MutexLock lock(mutex_);
    while (!over_ && absl::Now() < deadline) changed_.WaitFor(mutex_, deadline - absl::Now());
    if (over_) return;
  }
  on_expiry();
}

}  // namespace baton::rehearse
