#pragma once

#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/procedure/reach_plan.h"

namespace baton {

// Lets hosts carry a plan of tries out, agents listening meanwhile where the plan says so, and
// returns what it came to, in the plan's order. Takes `timeout` at the longest, however many are
// silent. What could not be tried, because an agent did not answer or would not listen, is left
// out: it proves nothing. Nobody listens for it any more when this returns, or will not for long.
std::vector<plan::v1::PortReach> TryReach(const ObservedFarm& farm, const ReachPlan& plan,
                                          AgentClient& agents, absl::Duration timeout);

}  // namespace baton
