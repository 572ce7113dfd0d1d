#pragma once

#include <vector>

#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/agent_client/agent_client.h"

namespace baton {

// Lets the witnesses of PlanSightings look, and returns the sightings with what each came to. A
// witness that does not answer leaves the verdict unset and says why: that proves nothing. Takes
// `timeout` at the longest, however many are silent.
std::vector<plan::v1::Sighting> Look(std::vector<plan::v1::Sighting> sightings, AgentClient& agents,
                                     absl::Duration timeout);

}  // namespace baton
