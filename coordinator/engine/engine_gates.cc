// The life of a gate: it waits, and a person or its time-out ends it.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/engine/engine.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {

using google::protobuf::util::TimeUtil;
using journal::v1::Record;

// The time-out counts from the gate's start, whichever coordinator waits for its end.
void Engine::WaitAtGate() {
  const size_t index = state_.OpenGate();
  Flight& flight = flights_[index];
  if (flight.deadline_timer != 0) return;
  flight.step = index;
  const absl::Time start =
      absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(state_.status(index).start_time()));
  const absl::Duration timeout =
      absl::Nanoseconds(TimeUtil::DurationToNanoseconds(state_.ledger(index).step->timeout()));
  flight.deadline_timer =
      StartTimer(std::max(start + timeout - now_, absl::ZeroDuration()), flight);
}

void Engine::On(const GateAnswer& event) {
  const size_t gate = state_.OpenGate();
  // Somebody was quicker, or it timed out.
  if (state_.run().phase() != plan::v1::RUN_WAITING ||
      state_.status(gate).step() != event.answered.step() ||
      state_.status(gate).attempt() != event.answered.attempt()) {
    return;
  }
  Record record = NewRecord(event.actor);
  *record.mutable_gate_answered() = event.answered;
  flights_.erase(gate);
  Emit(std::move(record));
  if (event.answered.approved()) return TellDebt(gate);  // goes on once the record is durable
  Record finished = NewRecord(event.actor);
  finished.mutable_run_finished()->set_phase(plan::v1::RUN_STOPPED);
  finished.mutable_run_finished()->set_detail(
      absl::StrCat("gate ", event.answered.step(), " ", state_.status(gate).detail()));
  Emit(std::move(finished));
}

void Engine::EndGate(const Flight& flight) {
  const plan::v1::StepStatus& status = state_.status(flight.step);
  const std::string detail = absl::StrCat(
      "nobody answered within ",
      absl::FormatDuration(absl::Nanoseconds(
          TimeUtil::DurationToNanoseconds(state_.ledger(flight.step).step->timeout()))));
  Record finished = NewRecord(state_.run().actor());
  finished.mutable_step_finished()->set_step(status.step());
  finished.mutable_step_finished()->set_attempt(status.attempt());
  finished.mutable_step_finished()->set_state(plan::v1::STEP_FAILED);
  finished.mutable_step_finished()->set_detail(detail);
  Record paused = NewRecord(state_.run().actor());
  paused.mutable_run_paused()->set_reason(plan::v1::GATE_TIMED_OUT);
  paused.mutable_run_paused()->set_detail(absl::StrCat("gate ", status.step(), ": ", detail));
  flights_.erase(flight.step);
  Emit(std::move(finished));
  Emit(std::move(paused));
}

}  // namespace baton::engine
