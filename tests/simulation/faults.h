#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/simulation/random.h"

namespace baton::simulation {

// What can go wrong, or come in between.
enum class Fault : uint8_t {
  kMessageLost,
  kMessageSlow,
  kMessageTwice,
  kMessageLate,
  kHostCutOff,
  kAgentKilled,
  kAgentKilledInWrite,
  kAgentKilledAfterWrite,
  kAgentKilledInChange,
  kDiskSlow,
  kDiskError,
  kPowerCut,
  kCoordinatorKilled,
  kCoordinatorKilledBeforeAppend,
  kCoordinatorKilledAfterAppend,
  kCoordinatorKilledInEffects,
  kCoordinatorAwayLong,
  kJournalFails,
  kServiceSlow,
  kServiceFails,
  kServiceRefuses,
  kServiceIgnores,
  kServiceLies,
  kQueryFails,
  kToolSlow,
  kToolHangs,
  kToolFails,
  kToolLies,
  kToolWakesScheduler,
  kForeignEdit,
  kPersonPauses,
  kPersonCancels,
  kCount
};

inline constexpr size_t kFaultCount = static_cast<size_t>(Fault::kCount);

// The name for people: `message-lost`.
absl::string_view NameOf(Fault fault);

// How often each fault came.
using FaultCounts = std::array<uint64_t, kFaultCount>;

// Decides which faults happen in one run, and counts them. Each run has its own mixture: most kinds
// are off in most runs, so that what is on can go on for long.
class Faults {
 public:
  // Takes the mixture from `random`, which it goes on borrowing. No fault happens from `until` on.
  Faults(Random& random, absl::Duration until);

  // Whether the fault happens at this opportunity.
  bool Roll(Fault fault, absl::Duration now);

  absl::Duration until() const { return until_; }
  const FaultCounts& counts() const { return counts_; }

 private:
  Random& random_;
  absl::Duration until_;
  std::array<double, kFaultCount> rates_;
  FaultCounts counts_{};
};

}  // namespace baton::simulation
