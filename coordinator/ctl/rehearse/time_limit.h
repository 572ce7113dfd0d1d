#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/sync/mutex.h"

namespace baton::rehearse {

// Calls a function, from a thread of its own, unless the object goes before a deadline.
class TimeLimit {
 public:
  TimeLimit(absl::Time deadline, std::function<void()> on_expiry);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

 private:
  void Wait(absl::Time deadline, const std::function<void()>& on_expiry);

  Mutex mutex_;
  CondVar changed_;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace baton::rehearse
