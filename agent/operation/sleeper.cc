#include "agent/operation/sleeper.h"

#include "common/time/clock.h"

namespace baton {

bool CancellableSleeper::Sleep(absl::Duration duration) {
  const absl::Duration end = SystemClock().Monotonic() + duration;
  MutexLock lock(mutex_);
  while (!cancelled_) {
    const absl::Duration left = end - SystemClock().Monotonic();
    if (left <= absl::ZeroDuration()) return true;
    changed_.WaitFor(mutex_, left);
  }
  return false;
}

void CancellableSleeper::Cancel() {
  MutexLock lock(mutex_);
  cancelled_ = true;
  changed_.NotifyAll();
}

}  // namespace baton
