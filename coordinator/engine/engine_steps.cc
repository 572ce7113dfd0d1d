// The life of one step: call, read back, judge.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/engine/engine.h"
#include "coordinator/engine/tool_values.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {
namespace {

absl::Duration TimeoutOf(const plan::v1::Step& step) { return LengthOf(step.timeout()); }

}  // namespace

void Engine::Launch(Flight& flight) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  if (step.action().has_gate()) return WaitAtGate();
  const bool runs_here = step.action().has_hook() || step.action().has_fence_off();
  flight.deadline_timer =
      StartTimer(TimeoutOf(step) + (runs_here ? kHookGrace : absl::ZeroDuration()), flight);
  if (alive_timer_ == 0) alive_timer_ = StartTimer(kAlivePeriod);
  if (step.action().has_hook()) {
    StartHook(flight);
  } else if (step.action().has_fence_off()) {
    StartFence(flight);
  } else if (step.action().has_wait()) {
    AwaitEnd(flight);
  } else if (Changes(step.action())) {
    Send(flight);
  } else {
    ReadBack(flight);
  }
}

void Engine::Send(Flight& flight) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  flight.retry_timer = 0;
  flight.call = next_id_++;
  ++flight.tries;
  effects_.push_back(ChangeHost{flight.call, step.host(), step.name(), FenceFor(flight),
                                step.action(), AssignmentFor(flight), TimeoutOf(step),
                                KnownValues(state_, step.action()),
                                PlannedLicenses(state_.plan(), step.action())});
}

void Engine::ReadBack(Flight& flight) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  if (!flight.reading) flight.tries = 0;
  flight.reading = true;
  flight.retry_timer = 0;
  flight.call = next_id_++;
  ++flight.tries;
  if (ProvedByProbe(step)) {
    effects_.push_back(ProbeHost{flight.call, step.host(), ProbesFor(step)});
  } else {
    effects_.push_back(ReadHost{flight.call, step.host(), ReadFor(step)});
  }
}

Flight* Engine::FindFlight(uint64_t call) {
  for (auto& [step, flight] : flights_) {
    if (flight.call == call && call != 0) return &flight;
  }
  return nullptr;
}

void Engine::On(const ChangeAnswered& event) {
  Flight* flight = FindFlight(event.call);
  if (flight == nullptr || flight->reading) return;
  flight->call = 0;
  if (!event.operation.ok()) {
    const absl::Status& status = event.operation.status();
    flight->ambiguous = flight->ambiguous || LeavesDoubt(status);
    flight->last_words = std::string(status.message());
    const CallError error = Classify(status);
    if (error == CallError::kAgain) return TryAgain(*flight);
    fenced_off_ = fenced_off_ || error == CallError::kFenced;
    // An earlier send of the same id may have arrived: only read-back can tell.
    if (flight->ambiguous) return ReadBack(*flight);
    return Finish(*flight, plan::v1::STEP_FAILED, flight->last_words, {});
  }
  switch (event.operation->state()) {
    case plan::v1::OPERATION_SUCCEEDED:
    case plan::v1::OPERATION_UNKNOWN:
      flight->operation = *event.operation;
      return ReadBack(*flight);
    case plan::v1::OPERATION_FAILED:
      flight->operation = *event.operation;
      return Finish(*flight, plan::v1::STEP_FAILED, event.operation->detail(), {});
    case plan::v1::OPERATION_INTERRUPTED:
      flight->operation = *event.operation;
      return Finish(*flight, plan::v1::INTERRUPTED, event.operation->detail(), {});
    default:
      flight->ambiguous = true;
      flight->last_words = "the agent still works on it";
      return TryAgain(*flight);
  }
}

// A wait counts from its journaled start, so that a coordinator that takes over waits for the rest
// only; and nobody who wants the run to stop waits for it. Always by a timer: a step never ends
// while others are being launched.
void Engine::AwaitEnd(Flight& flight) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  const absl::Duration length = LengthOf(step.action().wait().duration());
  const absl::Time start =
      absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(
          state_.status(flight.step).start_time()));
  const absl::Duration rest = std::clamp(start + length - now_, absl::ZeroDuration(), length);
  flight.retry_timer = StartTimer(Stopping() ? absl::ZeroDuration() : rest, flight);
}

void Engine::EndWait(const Flight& flight) {
  if (Stopping()) {
    return Finish(flight, plan::v1::STEP_FAILED,
                  absl::StrCat("ended early by ", state_.stop_reason()), {});
  }
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  Finish(
      flight, plan::v1::SUCCEEDED,
      absl::StrCat("waited for ", absl::FormatDuration(LengthOf(step.action().wait().duration()))),
      {});
}

bool Engine::Stopping() const {
  return state_.pause_requested() || state_.run().phase() == plan::v1::RUN_CANCELLING;
}

void Engine::TryAgain(Flight& flight) {
  flight.retry_timer = StartTimer(RetryDelay(flight.tries), flight);
}

// The step's time is over: a change is given up and read back; what only reads gets one last look.
void Engine::Overdue(Flight& flight) {
  flight.overdue = true;
  const plan::v1::Action& action = state_.ledger(flight.step).step->action();
  if (action.has_gate()) return EndGate(flight);
  if (action.has_hook()) return EndOverdueHook(flight);
  if (action.has_fence_off()) {
    flight.ambiguous = true;
    return Finish(flight, plan::v1::UNKNOWN, "its time was over, and the fence did not end", {});
  }
  if (flight.reading) return;
  if (flight.call != 0) {  // sent, and no answer yet
    flight.ambiguous = true;
    flight.last_words = "the agent did not answer in time";
  }
  ReadBack(flight);
}

void Engine::On(const HostRead& event) {
  Flight* flight = FindFlight(event.call);
  if (flight == nullptr) return;
  flight->call = 0;
  if (!event.host.ok()) return ReadFailed(*flight, event.host.status());
  const plan::v1::Step& step = *state_.ledger(flight->step).step;
  Judge(*flight, CheckHost(step, AssignmentFor(*flight), *event.host));
}

void Engine::On(const HostProbed& event) {
  Flight* flight = FindFlight(event.call);
  if (flight == nullptr) return;
  flight->call = 0;
  if (!event.report.ok()) return ReadFailed(*flight, event.report.status());
  Judge(*flight, CheckProbes(*state_.ledger(flight->step).step, *event.report));
}

void Engine::Judge(Flight& flight, const Check& check) {
  const plan::v1::Step& step = *state_.ledger(flight.step).step;
  // A farm that moved does not move back: there is nothing to wait for.
  if (step.action().has_expect_unchanged()) flight.overdue = true;
  const Outcome outcome = Decide(flight, Changes(step.action()), check);
  if (outcome.state == plan::v1::PENDING) {
    flight.last_words = outcome.detail;
    flight.retry_timer = StartTimer(RetryDelay(flight.tries), flight);
    return;
  }
  Finish(flight, outcome.state, outcome.detail, check.evidence);
}

void Engine::ReadFailed(Flight& flight, const absl::Status& status) {
  const bool changes = Changes(state_.ledger(flight.step).step->action());
  const bool again = changes ? flight.tries < kReadBackTries : !flight.overdue;
  if (again && Classify(status) == CallError::kAgain) {
    flight.retry_timer = StartTimer(RetryDelay(flight.tries), flight);
    return;
  }
  const std::string before =
      flight.operation.has_value() ? flight.operation->detail() : flight.last_words;
  Finish(flight, plan::v1::UNKNOWN,
         absl::StrCat(before.empty() ? "" : absl::StrCat(before, "; "),
                      "cannot be read back: ", status.message()),
         {});
}

void Engine::Finish(const Flight& flight, plan::v1::StepState state, std::string detail,
                    journal::v1::Evidence evidence) {
  const size_t index = flight.step;
  const plan::v1::Step& step = *state_.ledger(index).step;
  Outcome outcome = OwedIfLost(index, {state, std::move(detail)});
  journal::v1::Record record = NewRecord(state_.run().actor());
  journal::v1::StepFinished& finished = *record.mutable_step_finished();
  finished.set_step(step.name());
  finished.set_attempt(state_.status(index).attempt());
  finished.set_state(outcome.state);
  finished.set_detail(std::move(outcome.detail));
  if (flight.operation.has_value()) *finished.mutable_operation() = *flight.operation;
  *finished.mutable_evidence() = std::move(evidence);
  finished.set_changed(MayChange(step.action()) &&
                       (flight.operation.has_value() || flight.ambiguous));
  flights_.erase(index);
  Emit(std::move(record));
  TellDebt(index);
  Advance();
}

plan::v1::Fence Engine::FenceFor(const Flight& flight) const {
  const StepLedger& ledger = state_.ledger(flight.step);
  plan::v1::Fence fence;
  fence.set_farm_id(farm_id_);
  fence.set_epoch(state_.run().epoch());
  fence.set_run(state_.run().run());
  fence.set_incarnation(state_.incarnation());
  fence.set_sequence(ledger.started.sequence());
  fence.set_record_hash(ledger.started.hash());
  fence.set_operation_id(absl::StrCat(state_.run().run(), "/", ledger.step->name(), "/",
                                      state_.status(flight.step).attempt()));
  return fence;
}

plan::v1::Assignment Engine::AssignmentFor(const Flight& flight) const {
  plan::v1::Assignment assignment = state_.plan().assignment();
  assignment.set_epoch(state_.run().epoch());
  assignment.set_run(state_.run().run());
  assignment.set_state(state_.ledger(flight.step).step->action().set_assignment());
  return assignment;
}

}  // namespace baton::engine
