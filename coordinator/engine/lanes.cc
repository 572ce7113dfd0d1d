#include "coordinator/engine/lanes.h"

#include "coordinator/engine/transitions.h"

namespace baton::engine {
namespace {

// A lane of a stage: a range of steps, and how far it is.
struct Lane {
  size_t next = 0;  // first step that is not settled
  size_t end = 0;
  bool begun = false;
  bool done() const { return next == end; }
};

// The lanes of the stage that the step at `first` belongs to.
std::vector<Lane> LanesOf(const RunState& state, size_t first) {
  std::vector<Lane> lanes;
  const size_t stage = state.ledger(first).stage;
  size_t begin = first;
  while (begin > 0 && state.ledger(begin - 1).stage == stage) --begin;
  for (size_t i = begin; i < state.step_count() && state.ledger(i).stage == stage; ++i) {
    if (lanes.size() == state.ledger(i).lane) lanes.push_back({i, i, false});
    Lane& lane = lanes.back();
    if (lane.next == i && Settled(state.status(i).state())) ++lane.next;
    if (state.status(i).state() != plan::v1::PENDING) lane.begun = true;
    lane.end = i + 1;
  }
  return lanes;
}

size_t FirstUnsettled(const RunState& state) {
  size_t index = 0;
  while (index < state.step_count() && Settled(state.status(index).state())) ++index;
  return index;
}

// A tool of which nobody can say that it ended may run on, so it counts too.
bool ExclusiveStepMayRun(const RunState& state) {
  for (size_t i = 0; i < state.step_count(); ++i) {
    const plan::v1::StepState reached = state.status(i).state();
    const bool may_run = reached == plan::v1::STARTED || reached == plan::v1::UNKNOWN ||
                         reached == plan::v1::INTERRUPTED;
    if (may_run && state.ledger(i).step->farm_exclusive()) return true;
  }
  return false;
}

// The lanes that are open or may be opened: at most `max_parallel`, but never fewer than are open.
std::vector<Lane> OpenLanes(const std::vector<Lane>& lanes, size_t max_parallel) {
  size_t open = 0;
  for (const Lane& lane : lanes) {
    if (lane.begun && !lane.done()) ++open;
  }
  std::vector<Lane> chosen;
  for (const Lane& lane : lanes) {
    if (lane.done() || (!lane.begun && open >= max_parallel)) continue;
    if (!lane.begun) ++open;
    chosen.push_back(lane);
  }
  return chosen;
}

bool AnyUnderWay(const RunState& state) {
  for (size_t i = 0; i < state.step_count(); ++i) {
    if (state.status(i).state() == plan::v1::STARTED) return true;
  }
  return false;
}

// The next step of each lane, unless it is under way or waits for the farm. A gate is next only
// when nothing else is under way, and then alone: a run that waits for a person stands still.
std::vector<size_t> NextSteps(const RunState& state, const std::vector<Lane>& lanes) {
  bool exclusive = ExclusiveStepMayRun(state);
  std::vector<size_t> steps;
  for (const Lane& lane : lanes) {
    const plan::v1::Step& step = *state.ledger(lane.next).step;
    const bool needs_farm = step.farm_exclusive();
    if (state.status(lane.next).state() != plan::v1::PENDING || (needs_farm && exclusive)) continue;
    if (step.action().has_gate()) {
      if (!steps.empty() || AnyUnderWay(state)) continue;
      return {lane.next};
    }
    exclusive = exclusive || needs_farm;
    steps.push_back(lane.next);
  }
  return steps;
}

}  // namespace

std::vector<size_t> RunnableSteps(const RunState& state) {
  const size_t first = FirstUnsettled(state);
  if (first == state.step_count()) return {};
  const plan::v1::Stage& stage = state.plan().stages(static_cast<int>(state.ledger(first).stage));
  std::vector<Lane> lanes = LanesOf(state, first);
  if (stage.first_lane_leads() && !lanes.front().done()) lanes.resize(1);
  const bool undecided = state.FirstUndecided() < state.step_count();
  return NextSteps(state, OpenLanes(lanes, undecided ? 0 : stage.max_parallel()));
}

bool AllSettled(const RunState& state) { return FirstUnsettled(state) == state.step_count(); }

}  // namespace baton::engine
