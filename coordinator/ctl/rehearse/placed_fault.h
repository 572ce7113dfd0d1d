#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/rehearse/fault.h"
#include "coordinator/ctl/rehearse/lab_layout.h"

namespace baton::rehearse {

// A fault at its step of a plan.
struct PlacedFault {
  StepFault fault;
  // Of the stand-in's faults, the one that what the step asks for comes upon; empty for a step that
  // is the agent's own work.
  std::string switch_name;
  // What the switch is set to; empty if it stays alone.
  std::string switch_words;
  plan::v1::Tool tool = plan::v1::TOOL_UNSPECIFIED;  // that the step runs
};

// Where nothing else makes the step take time: how much longer it takes, so that what happens to
// its agent happens in the middle of it.
inline constexpr absl::Duration kRoomForFault = absl::Seconds(2);

// Finds the faults' steps in a plan. INVALID_ARGUMENT for a step that the plan has not, naming
// those of its host that it has; for two words about what one step asks for; for words about a step
// that asks the platform for nothing; and where a step before it would come upon the same fault.
// Pure.
absl::StatusOr<std::vector<PlacedFault>> PlaceFaults(const plan::v1::Plan& plan,
                                                     const std::vector<StepFault>& faults,
                                                     LabStack stack);

}  // namespace baton::rehearse
