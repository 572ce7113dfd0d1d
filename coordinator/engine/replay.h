#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// A decision of the engine that is not the one that was journaled.
struct ReplayDifference {
  uint64_t sequence = 0;  // of the journaled record
  std::string journaled;  // in a line
  std::string replayed;   // in a line; empty for nothing
};

// What feeding a run through the engine again showed.
struct ReplayVerdict {
  uint64_t records = 0;    // of the run that were fed in
  uint64_t decisions = 0;  // of the engine that were compared
  std::vector<ReplayDifference> differences;
};

// Feeds the records of one run through the engine again: what hosts, clocks and people did is taken
// from the records, what the engine makes of it is compared with what was journaled, byte for byte
// but for sequence and hash. What follows a difference rests on another state, so the replay goes
// on at the next time that the run was taken up anew, or ends there. Not compared are heartbeats,
// which a clock decides about, and what happened between finding that a host moved since its plan,
// which no record holds, and the run's standing still for it. Pure. DATA_LOSS as RunState;
// INVALID_ARGUMENT unless `records` begin with the start of a run.
absl::StatusOr<ReplayVerdict> Replay(const std::string& farm_id,
                                     const std::vector<StoredRecord>& records);

}  // namespace baton::engine
