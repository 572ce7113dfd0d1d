#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

// What came of one simulated run.
struct Outcome {
  std::string failure;             // the promise that was broken; empty if none was
  std::vector<std::string> trace;  // one line an event, if it was asked for
  std::string ended;               // `succeeded`, `paused`, ... ; `refused` if none was started
  size_t hosts = 0;
  uint64_t steps = 0;   // that were started, all attempts together
  uint64_t events = 0;  // of virtual time
  absl::Duration elapsed;
  FaultCounts faults{};
};

// Simulates one move of the Deployment Controller in a farm of its own, with everything that
// happens to it, until nothing moves any more. The same options give the same outcome.
Outcome Simulate(const World::Options& options);

}  // namespace baton::simulation
