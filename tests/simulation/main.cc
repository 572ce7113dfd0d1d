#include <cstdio>
#include <string>
#include <vector>

#include "tests/simulation/simulator.h"

int main(int argc, char** argv) {
  const absl::StatusOr<baton::simulation::SimulatorOptions> options =
      baton::simulation::ParseSimulatorOptions(std::vector<std::string>(argv + 1, argv + argc));
  if (!options.ok()) {
    const std::string words(options.status().message());
    std::fprintf(stderr, "baton-sim: %s\n%s", words.c_str(),
                 baton::simulation::SimulatorUsage().c_str());
    return 2;
  }
  if (options->help) {
    std::printf("%s", baton::simulation::SimulatorUsage().c_str());
    return 0;
  }
  return baton::simulation::RunSimulator(*options);
}
