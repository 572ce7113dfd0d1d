#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace baton::bench {

// What a process takes of the machine (proc(5), smaps_rollup).
struct ProcessUsage {
  double resident_mib = 0;      // pages in memory, those that it shares with others included
  double anonymous_mib = 0;     // those that no file is behind: nobody else's
  double proportional_mib = 0;  // shared pages divided among those who share them
  int threads = 0;
  absl::Duration cpu;  // of its threads that live, since they began
};

// Looks at a process of this user. Errors name the file of /proc.
absl::StatusOr<ProcessUsage> ReadProcessUsage(int64_t pid);

}  // namespace baton::bench
