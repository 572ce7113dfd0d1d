#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "common/sync/mutex.h"

namespace baton {

// Lets time pass. Thread-safe.
class Sleeper {
 public:
  virtual ~Sleeper() = default;

  // Returns after `duration`. False, at once, if it was or is cancelled: then the caller should
  // end.
  virtual bool Sleep(absl::Duration duration) = 0;
};

// Sleeps in real time until somebody cancels.
class CancellableSleeper : public Sleeper {
 public:
  bool Sleep(absl::Duration duration) override ABSL_LOCKS_EXCLUDED(mutex_);

  // Ends every present and future sleep.
  void Cancel() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  Mutex mutex_;
  CondVar changed_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace baton
