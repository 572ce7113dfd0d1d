#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

// What `baton-sim` was asked to do.
struct SimulatorOptions {
  uint64_t runs = 1000;
  uint64_t jobs = 0;     // threads; 0: one for each processor
  World::Options first;  // of the first run; each further one has the next seed
  bool help = false;
};

// INVALID_ARGUMENT, naming the option, for what it does not know.
absl::StatusOr<SimulatorOptions> ParseSimulatorOptions(const std::vector<std::string>& arguments);

// How to use the program.
std::string SimulatorUsage();

// Simulates runs until one breaks a promise or all are done, and prints what came of them. Returns
// the exit code: 0 if no promise was broken, else 1.
int RunSimulator(const SimulatorOptions& options);

}  // namespace baton::simulation
