#pragma once

#include <cstddef>
#include <vector>

#include "coordinator/engine/run_state.h"

namespace baton::engine {

// The steps that may be started now, in plan order: the next step of each lane of the first stage
// that is not done, as far as the stage's parallelism, its leading lane and farm-exclusive steps
// allow. Once a step needs a decision no further lane is begun; lanes that are begun run to their
// end, so that no host is left with its services down because of another.
std::vector<size_t> RunnableSteps(const RunState& state);

// Every step of the plan is settled.
bool AllSettled(const RunState& state);

}  // namespace baton::engine
