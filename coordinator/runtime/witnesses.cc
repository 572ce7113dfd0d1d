#include "coordinator/runtime/witnesses.h"

#include <string>

#include "coordinator/runtime/try_ports.h"

namespace baton {
namespace {

// Share of the time that one try gets: the rest is for the way to the agent and back.
constexpr double kTryShare = 0.6;

}  // namespace

std::vector<plan::v1::Sighting> Look(std::vector<plan::v1::Sighting> sightings, AgentClient& agents,
                                     absl::Duration timeout) {
  const std::vector<absl::StatusOr<agent::v1::ProbeResult>> results =
      TryPorts(sightings, agents, kTryShare * timeout, absl::Now() + timeout);
  for (size_t i = 0; i < sightings.size(); ++i) {
    if (results[i].ok()) {
      sightings[i].set_verdict(results[i]->verdict());
      sightings[i].set_detail(results[i]->detail());
    } else {
      sightings[i].set_detail(std::string(results[i].status().message()));
    }
  }
  return sightings;
}

}  // namespace baton
