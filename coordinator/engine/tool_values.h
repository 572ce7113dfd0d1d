#pragma once

#include <vector>

#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/run_state.h"

namespace baton::engine {

// The values for a tool that plan and journal hold: texts, and what people brought along to gates.
// One that a gate did not bring, since a person vouched for it, is left out: whoever sends the
// values says that it is missing. Pure.
std::vector<agent::v1::ToolValue> KnownValues(const RunState& state,
                                              const plan::v1::Action& action);

// The staged licenses that the action takes, as the plan's observation has them. Pure.
std::vector<plan::v1::StagedLicense> PlannedLicenses(const plan::v1::Plan& plan,
                                                     const plan::v1::Action& action);

}  // namespace baton::engine
