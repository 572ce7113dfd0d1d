#pragma once

#include "absl/time/time.h"
#include "agent/operation/sleeper.h"
#include "common/time/clock.h"

namespace baton {

// Time that passes only while somebody sleeps, and then at once. Not thread-safe.
class FakeTime : public Clock, public Sleeper {
 public:
  absl::Time Now() override { return absl::UnixEpoch() + elapsed_; }
  absl::Duration Monotonic() override { return elapsed_; }

  bool Sleep(absl::Duration duration) override {
    elapsed_ += duration;
    return elapsed_ < cancel_at_;
  }

  // Sleeps that reach `elapsed` are cancelled.
  void CancelAt(absl::Duration elapsed) { cancel_at_ = elapsed; }

 private:
  absl::Duration elapsed_;
  absl::Duration cancel_at_ = absl::InfiniteDuration();
};

}  // namespace baton
