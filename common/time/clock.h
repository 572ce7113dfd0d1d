#pragma once

#include "absl/time/time.h"

namespace baton {

// The one seam to time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // The time of day, for records and people.
  virtual absl::Time Now() = 0;

  // Time since an arbitrary start that never jumps, for deadlines.
  virtual absl::Duration Monotonic() = 0;
};

// The clock of this machine. Never destroyed.
Clock& SystemClock();

}  // namespace baton
