#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/sync/mutex.h"

namespace baton {

// Starts `count` calls at the same time and waits for all of their answers, or until `deadline`:
// what is missing then is DEADLINE_EXCEEDED. `start(i, done)` starts the i-th; its `done` must be
// called exactly once, on any thread, and may come too late.
template <typename T>
std::vector<absl::StatusOr<T>> GatherUntil(
    absl::Time deadline, size_t count,
    const std::function<void(size_t, std::function<void(absl::StatusOr<T>)>)>& start) {
  struct Gathering {
    Mutex mutex;
    CondVar complete;
    std::vector<absl::StatusOr<T>> answers ABSL_GUARDED_BY(mutex);
    size_t missing ABSL_GUARDED_BY(mutex) = 0;
  };
  auto gathering = std::make_shared<Gathering>();  // outlives the last callback's unlock
  {
    MutexLock lock(gathering->mutex);
    gathering->answers.assign(count, absl::DeadlineExceededError("no answer in time"));
    gathering->missing = count;
  }
  for (size_t i = 0; i < count; ++i) {
    start(i, [gathering, i](absl::StatusOr<T> answer) {
      MutexLock lock(gathering->mutex);
      if (gathering->answers.empty()) return;  // nobody waits any more
      gathering->answers[i] = std::move(answer);
      if (--gathering->missing == 0) gathering->complete.NotifyAll();
    });
  }
  MutexLock lock(gathering->mutex);
  while (gathering->missing > 0 && absl::Now() < deadline) {
    if (deadline == absl::InfiniteFuture()) {
      gathering->complete.Wait(gathering->mutex);
    } else {
      gathering->complete.WaitFor(gathering->mutex, deadline - absl::Now());
    }
  }
  return std::exchange(gathering->answers, {});
}

// The same without a deadline.
template <typename T>
std::vector<absl::StatusOr<T>> GatherAll(
    size_t count,
    const std::function<void(size_t, std::function<void(absl::StatusOr<T>)>)>& start) {
  return GatherUntil<T>(absl::InfiniteFuture(), count, start);
}

}  // namespace baton
