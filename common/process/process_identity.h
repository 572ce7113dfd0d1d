#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace baton {

// Names one process for good: a pid is used again, a pid with a start time is not, and `boot_id`
// keeps processes of different boots apart. Can be stored and compared later by another program.
struct ProcessIdentity {
  int64_t pid = 0;
  uint64_t start_ticks = 0;  // clock ticks between the boot and the start of the process
  std::string boot_id;

  bool operator==(const ProcessIdentity&) const = default;
};

// The identity of the process that has this pid now. NOT_FOUND if there is none.
absl::StatusOr<ProcessIdentity> IdentifyProcess(int64_t pid);

// Whether this very process still runs. One that has ended and only waits for its parent to collect
// it does not. An error means that it cannot be told.
absl::StatusOr<bool> IsAlive(const ProcessIdentity& identity);

// Sends a signal to this very process. NOT_FOUND if it has ended.
absl::Status SignalProcess(const ProcessIdentity& identity, int signal);

// Sends a signal to the process group that this process leads. The leader may have ended, but its
// parent must not have collected it yet: after that nobody can tell whose group it is. NOT_FOUND
// then.
absl::Status KillGroup(const ProcessIdentity& identity, int signal);

}  // namespace baton
