#pragma once

#include <vector>

#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton {

// What a watcher is told of the run of the first few steps: claims, steps with their outcome, a
// tool's output, and how it ended. The last event carries `end`.
std::vector<coordinator::v1::RunEvent> MakeEvents(const plan::v1::Run& end);

}  // namespace baton
