#include "coordinator/engine/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/engine/lanes.h"
#include "coordinator/engine/transitions.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {

using journal::v1::Record;
using plan::v1::RunPhase;

Engine::Engine(std::string farm_id, RunState state)
    : farm_id_(std::move(farm_id)), state_(std::move(state)) {}

Effects Engine::Handle(const Event& event, absl::Time now) {
  if (halted_) return {};
  now_ = now;
  std::visit([this](const auto& e) { On(e); }, event);
  if (!halted_) FlushRecords();
  return std::exchange(effects_, {});
}

void Engine::On(const BeginRun&) { Advance(); }

void Engine::On(const Appended& event) {
  for (const StoredRecord& stored : event.records) state_.Stamp(stored);
  for (const size_t step : std::exchange(to_launch_, {})) Launch(flights_[step]);
  Advance();
}

void Engine::On(const AppendFailed& event) {
  halted_ = true;
  effects_.push_back(Halt{event.status});
}

void Engine::On(const StopAsked& event) {
  const RunPhase phase = state_.run().phase();
  const bool stands = phase == plan::v1::RUN_PAUSED || phase == plan::v1::RUN_WAITING;
  if (Ended(phase) || (stands && !event.cancel)) return;
  Record record = NewRecord(event.actor);
  record.mutable_stop_requested()->set_cancel(event.cancel);
  record.mutable_stop_requested()->set_reason(event.reason);
  Emit(std::move(record));
  // A run that stands still holds no claim that is sure to be its own: it ends without another
  // call.
  if (stands) return EndCancelled();
  for (auto& [step, flight] : flights_) {
    if (state_.ledger(step).step->action().has_wait()) AwaitEnd(flight);
  }
}

void Engine::On(const ResumeAsked& event) {
  const RunPhase phase = state_.run().phase();
  const bool paused = phase == plan::v1::RUN_PAUSED;
  // Somebody was quicker: the run goes on already, or it is over.
  if (Ended(phase) || paused == event.resumed.takeover()) return;
  Record record = NewRecord(event.actor);
  if (event.resumed.decision() == journal::v1::FORCE_STOP) {
    record.mutable_run_finished()->set_phase(plan::v1::RUN_STOPPED);
    record.mutable_run_finished()->set_detail(
        absl::StrCat("ended by force by ", event.actor, ": ", event.resumed.reason()));
  } else {
    *record.mutable_run_resumed() = event.resumed;
    flights_.clear();
    claims_.clear();
    fenced_off_ = false;
  }
  Emit(std::move(record));
  if (event.resumed.decision() == journal::v1::OWE) {
    OpenDebtOf(event.resumed.owed_host(), event.resumed.reason());
  }
}

void Engine::On(const PauseFound& event) {
  Record record = NewRecord(event.actor);
  record.mutable_run_paused()->set_reason(event.reason);
  record.mutable_run_paused()->set_detail(event.detail);
  Emit(std::move(record));
}

void Engine::On(const TimerFired& event) {
  if (event.timer == alive_timer_) return TellAlive();
  for (auto& [host, claim] : claims_) {
    if (claim.timer == event.timer) return SendClaim(host, claim);
  }
  for (auto& [step, flight] : flights_) {
    if (flight.deadline_timer == event.timer) return Overdue(flight);
    if (flight.retry_timer != event.timer) continue;
    if (state_.ledger(step).step->action().has_wait()) return EndWait(flight);
    if (state_.ledger(step).step->action().has_hook()) return EndLostHook(flight);
    return flight.reading ? ReadBack(flight) : Send(flight);
  }
}

void Engine::TellAlive() {
  alive_timer_ = 0;
  // Nobody counts how long a person takes.
  if (flights_.empty() || state_.run().phase() == plan::v1::RUN_WAITING) return;
  Record record = NewRecord(state_.run().actor());
  for (const auto& [step, flight] : flights_) {
    record.mutable_run_alive()->add_steps(state_.ledger(step).step->name());
  }
  Emit(std::move(record));
  alive_timer_ = StartTimer(kAlivePeriod);
}

void Engine::Advance() {
  const RunPhase phase = state_.run().phase();
  // Whatever else was decided must be durable first; Appended comes back here.
  if (!batch_.empty() && !batch_.back().has_step_finished() && !batch_.back().has_debt_opened() &&
      !batch_.back().has_debt_settled()) {
    return;
  }
  if (phase == plan::v1::RUN_WAITING) return WaitAtGate();
  if (phase != plan::v1::RUN_RUNNING && phase != plan::v1::RUN_CANCELLING) return;
  if (!state_.Claimed()) return SendClaims();
  if (phase == plan::v1::RUN_RUNNING && !fenced_off_ && !Stopping()) {
    OweWhatCannotBeTold();
  }
  if (AllSettled(state_)) {
    SettleFormerDebts();
    Record record = NewRecord(state_.run().actor());
    record.mutable_run_finished()->set_phase(plan::v1::RUN_SUCCEEDED);
    record.mutable_run_finished()->set_detail("every step is done and proved");
    return Emit(std::move(record));
  }
  StartRunnable();
  if (flights_.empty()) StopAtBoundary();
}

// --- Claims -------------------------------------------------------------------------------------

void Engine::SendClaims() {
  if (!claims_.empty()) return;  // under way
  for (const std::string& host : state_.ClaimedHosts()) SendClaim(host, claims_[host]);
  for (const std::string& host : state_.LostHosts()) {
    claims_[host].may_fail = true;
    SendClaim(host, claims_[host]);
  }
}

void Engine::SendClaim(const std::string& host, ClaimFlight& claim) {
  claim.timer = 0;
  claim.call = next_id_++;
  ++claim.tries;
  ClaimHost effect{claim.call, host, {}};
  effect.claim.set_epoch(state_.run().epoch());
  effect.claim.set_run(state_.run().run());
  effect.claim.set_incarnation(state_.incarnation());
  effects_.push_back(std::move(effect));
}

void Engine::On(const ClaimAnswered& event) {
  const auto found = std::find_if(claims_.begin(), claims_.end(), [&event](const auto& entry) {
    return entry.second.call == event.call;
  });
  if (found == claims_.end() || event.call == 0) return;
  ClaimFlight& claim = found->second;
  claim.call = 0;
  if (!event.status.ok() && Classify(event.status) == CallError::kAgain && !claim.may_fail &&
      claim.tries < kClaimTries) {
    claim.timer = StartTimer(RetryDelay(claim.tries));
    return;
  }
  claim.answered = true;
  claim.status = event.status;
  const bool all = std::all_of(claims_.begin(), claims_.end(),
                               [](const auto& entry) { return entry.second.answered; });
  if (all) JudgeClaims();
}

void Engine::JudgeClaims() {
  std::vector<std::string> missing;
  bool fenced = false;
  for (const auto& [host, claim] : claims_) {
    Record record = NewRecord(state_.run().actor());
    journal::v1::ClaimFinished& finished = *record.mutable_claim_finished();
    finished.set_host(host);
    finished.set_epoch(state_.run().epoch());
    finished.set_accepted(claim.status.ok());
    finished.set_detail(std::string(claim.status.message()));
    Emit(std::move(record));
    const bool held_by_another = Classify(claim.status) == CallError::kFenced;
    if (claim.status.ok() || (claim.may_fail && !held_by_another)) continue;
    fenced = fenced || held_by_another;
    missing.push_back(absl::StrCat(host, ": ", claim.status.message()));
  }
  if (std::string few = WantsMajority(); !few.empty()) missing.push_back(std::move(few));
  claims_.clear();
  if (missing.empty()) return;  // goes on once the records are durable
  const std::string detail =
      absl::StrCat("not every agent accepted the claim: ", absl::StrJoin(missing, "; "));
  Record record = NewRecord(state_.run().actor());
  const bool cancelling = state_.run().phase() == plan::v1::RUN_CANCELLING;
  const bool untouched =
      std::all_of(state_.run().steps().begin(), state_.run().steps().end(),
                  [](const plan::v1::StepStatus& status) { return status.attempt() == 0; });
  if (cancelling || untouched) {
    record.mutable_run_finished()->set_phase(cancelling ? plan::v1::RUN_CANCELLED
                                                        : plan::v1::RUN_STOPPED);
    record.mutable_run_finished()->set_detail(detail);
  } else {
    record.mutable_run_paused()->set_reason(fenced ? plan::v1::FENCED_OFF
                                                   : plan::v1::CLAIM_MISSING);
    record.mutable_run_paused()->set_detail(detail);
  }
  Emit(std::move(record));
}

// --- Where the run goes -------------------------------------------------------------------------

void Engine::StartRunnable() {
  // Steps that were under way when the coordinator died: the same attempt, the same id.
  for (size_t i = 0; i < state_.step_count(); ++i) {
    if (state_.status(i).state() != plan::v1::STARTED || flights_.count(i) > 0) continue;
    flights_[i].step = i;
    flights_[i].ambiguous = true;
    Launch(flights_[i]);
  }
  if (fenced_off_ || Stopping()) return;
  for (const size_t index : RunnableSteps(state_)) {
    if (MayChange(state_.ledger(index).step->action())) OpenDebts();
    Record record = NewRecord(state_.run().actor());
    record.mutable_step_started()->set_step(state_.ledger(index).step->name());
    record.mutable_step_started()->set_attempt(state_.NextAttempt(index));
    Emit(std::move(record));
    flights_[index] = Flight{};
    flights_[index].step = index;
    to_launch_.insert(index);
  }
}

void Engine::StopAtBoundary() {
  if (state_.run().phase() == plan::v1::RUN_CANCELLING) return EndCancelled();
  if (state_.FirstUndecided() < state_.step_count()) return JudgeFailures();
  if (!fenced_off_ && !state_.pause_requested()) return;
  Record record = NewRecord(state_.run().actor());
  record.mutable_run_paused()->set_reason(fenced_off_ ? plan::v1::FENCED_OFF : plan::v1::ASKED_FOR);
  record.mutable_run_paused()->set_detail(
      fenced_off_ ? "an agent holds another claim; the steps that were under way are done"
                  : absl::StrCat("paused by ", state_.stop_reason()));
  Emit(std::move(record));
}

void Engine::EndCancelled() {
  std::string detail = absl::StrCat("ended by ", state_.stop_reason(), "; nothing was undone");
  for (size_t i = 0; i < state_.step_count(); ++i) {
    if (state_.status(i).state() != plan::v1::STARTED || i == state_.OpenGate()) continue;
    absl::StrAppend(&detail, "; what came of ", state_.status(i).step(), " is not known");
  }
  Record record = NewRecord(state_.run().actor());
  record.mutable_run_finished()->set_phase(plan::v1::RUN_CANCELLED);
  record.mutable_run_finished()->set_detail(detail);
  Emit(std::move(record));
}

void Engine::JudgeFailures() {
  const size_t index = state_.FirstUndecided();
  const plan::v1::StepStatus& status = state_.status(index);
  const std::string detail =
      absl::StrCat("step ", status.step(), " ", Word(status.state()), ": ", status.detail());
  Record record = NewRecord(state_.run().actor());
  // The farm moved between plan and claim, or lacks what the run needs: refused before the first
  // change.
  const plan::v1::Action& action = state_.ledger(index).step->action();
  const bool preflight = action.has_expect_unchanged() || action.has_expect_ports();
  if (preflight && !state_.run().changed()) {
    record.mutable_run_finished()->set_phase(plan::v1::RUN_STOPPED);
    record.mutable_run_finished()->set_detail(detail);
  } else {
    record.mutable_run_paused()->set_reason(fenced_off_ ? plan::v1::FENCED_OFF
                                                        : plan::v1::STEP_DID_NOT_SUCCEED);
    record.mutable_run_paused()->set_detail(detail);
  }
  Emit(std::move(record));
}

// --- Records, timers ----------------------------------------------------------------------------

Record Engine::NewRecord(const std::string& actor) const {
  Record record;
  record.set_actor(actor);
  record.set_run(state_.run().run());
  *record.mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now_));
  return record;
}

void Engine::Emit(Record record) {
  if (halted_) return;
  const absl::Status applied = state_.Apply(record);
  if (!applied.ok()) {  // our own mistake: stop before it becomes durable
    halted_ = true;
    batch_.clear();
    effects_.assign(1, Halt{absl::InternalError(applied.message())});
    return;
  }
  batch_.push_back(std::move(record));
}

void Engine::FlushRecords() {
  if (batch_.empty()) return;
  effects_.push_back(AppendRecords{std::exchange(batch_, {})});
}

uint64_t Engine::StartTimer(absl::Duration delay, const std::string& step) {
  const uint64_t timer = next_id_++;
  effects_.push_back(SetTimer{timer, delay, step});
  return timer;
}

uint64_t Engine::StartTimer(absl::Duration delay, const Flight& flight) {
  return StartTimer(delay, state_.ledger(flight.step).step->name());
}

}  // namespace baton::engine
