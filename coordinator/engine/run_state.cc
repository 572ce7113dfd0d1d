#include "coordinator/engine/run_state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"

namespace baton::engine {
namespace {

using journal::v1::Record;
using plan::v1::RunPhase;
using plan::v1::StepState;

// Consecutive steps of one host in a stage form a lane.
std::vector<StepLedger> MakeLedger(const plan::v1::Plan& plan) {
  std::vector<StepLedger> ledger;
  for (int stage = 0; stage < plan.stages_size(); ++stage) {
    size_t lane = 0;
    const std::string* host = nullptr;
    for (const plan::v1::Step& step : plan.stages(stage).steps()) {
      if (host != nullptr && *host != step.host()) ++lane;
      host = &step.host();
      ledger.push_back({&step, static_cast<size_t>(stage), lane, {}, false, {}});
    }
  }
  return ledger;
}

absl::Status Misplaced(const Record& record, absl::string_view why) {
  return absl::DataLossError(
      absl::StrCat("journal record ", record.sequence(), " of run ", record.run(), ": ", why));
}

absl::string_view KindOf(const Record& record) {
  const google::protobuf::FieldDescriptor* field =
      Record::descriptor()->FindFieldByNumber(static_cast<int>(record.body_case()));
  return field == nullptr ? absl::string_view("a record of an unknown kind")
                          : absl::string_view(field->name());
}

}  // namespace

absl::Status RunState::CheckPhase(const Record& record, RunPhase to) const {
  if (FindTransition(run_.phase(), record.body_case(), to) != nullptr) return absl::OkStatus();
  return Misplaced(record, absl::StrCat(KindOf(record), " cannot lead from ", Word(run_.phase()),
                                        " to ", Word(to)));
}

absl::Status RunState::CheckStep(const Record& record, size_t index, StepState to) const {
  if (FindTransition(status(index).state(), record.body_case(), to) != nullptr) {
    return absl::OkStatus();
  }
  return Misplaced(record, absl::StrCat(KindOf(record), " cannot lead step ", status(index).step(),
                                        " from ", Word(status(index).state()), " to ", Word(to)));
}

absl::StatusOr<size_t> RunState::StepOf(const Record& record, absl::string_view name) const {
  const absl::StatusOr<size_t> index = FindStep(name);
  return index.ok() ? index : Misplaced(record, index.status().message());
}

// Every Apply... checks first and changes then: a record that does not belong leaves no trace.
absl::Status RunState::Apply(const Record& record) {
  switch (record.body_case()) {
    case Record::kRunStarted:
      return ApplyRunStarted(record);
    case Record::kClaimFinished:
      return ApplyClaimFinished(record);
    case Record::kStepStarted:
      return ApplyStepStarted(record);
    case Record::kStepFinished:
      return ApplyStepFinished(record);
    case Record::kGateAnswered:
      return ApplyGateAnswered(record);
    case Record::kRunAlive:
      return CheckPhase(record, run_.phase());
    case Record::kRunPaused:
      return ApplyRunPaused(record);
    case Record::kRunResumed:
      return ApplyRunResumed(record);
    case Record::kStopRequested:
      return ApplyStopRequested(record);
    case Record::kRunFinished:
      return ApplyRunFinished(record);
    case Record::kDebtOpened:
    case Record::kDebtSettled:
      return ApplyDebt(record);
    default:
      return Misplaced(record, absl::StrCat(KindOf(record), " does not belong to a run"));
  }
}

absl::Status RunState::ApplyRunStarted(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, plan::v1::RUN_RUNNING));
  const journal::v1::RunStarted& started = record.run_started();
  run_.set_phase(plan::v1::RUN_RUNNING);
  run_.set_run(record.run());
  *run_.mutable_plan() = started.plan();
  run_.set_epoch(started.epoch());
  run_.set_actor(record.actor());
  run_.set_request_id(started.request_id());
  *run_.mutable_start_time() = record.time();
  incarnation_ = started.incarnation();
  farm_file_ = started.farm_file();
  ledger_ = MakeLedger(run_.plan());
  for (size_t i = 0; i < ledger_.size(); ++i) {
    const std::string& name = ledger_[i].step->name();
    index_.emplace(name, i);
    plan::v1::StepStatus* status = run_.add_steps();
    status->set_step(name);
    status->set_state(plan::v1::PENDING);
  }
  return absl::OkStatus();
}

absl::Status RunState::ApplyClaimFinished(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, run_.phase()));
  const journal::v1::ClaimFinished& claim = record.claim_finished();
  if (claim.epoch() != run_.epoch()) {
    return Misplaced(record, absl::StrCat("a claim of epoch ", claim.epoch(), " in a run at epoch ",
                                          run_.epoch()));
  }
  if (claim.accepted()) run_.add_claimed_hosts(claim.host());
  answered_claims_.insert(claim.host());
  return absl::OkStatus();
}

absl::Status RunState::ApplyStepStarted(const Record& record) {
  const journal::v1::StepStarted& started = record.step_started();
  const absl::StatusOr<size_t> found = FindStep(started.step());
  const bool gate = found.ok() && ledger_[*found].step->action().has_gate();
  const RunPhase to = gate ? plan::v1::RUN_WAITING : run_.phase();
  RETURN_IF_ERROR(CheckPhase(record, to));
  ASSIGN_OR_RETURN(const size_t index, StepOf(record, started.step()));
  RETURN_IF_ERROR(CheckStep(record, index, plan::v1::STARTED));
  if (started.attempt() != NextAttempt(index)) {
    return Misplaced(record, absl::StrCat("attempt ", started.attempt(), " of ", started.step(),
                                          " starts where attempt ", NextAttempt(index), " is due"));
  }
  run_.set_phase(to);
  plan::v1::StepStatus& status = *run_.mutable_steps(static_cast<int>(index));
  status.set_state(plan::v1::STARTED);
  status.set_attempt(started.attempt());
  status.clear_detail();
  status.clear_end_time();
  *status.mutable_start_time() = record.time();
  ledger_[index].reported = false;
  return absl::OkStatus();
}

absl::Status RunState::ApplyStepFinished(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, run_.phase()));
  const journal::v1::StepFinished& finished = record.step_finished();
  ASSIGN_OR_RETURN(const size_t index, StepOf(record, finished.step()));
  if (finished.attempt() != status(index).attempt()) {
    return Misplaced(
        record, absl::StrCat("attempt ", finished.attempt(), " of ", finished.step(),
                             " ends while attempt ", status(index).attempt(), " is under way"));
  }
  RETURN_IF_ERROR(CheckStep(record, index, finished.state()));
  plan::v1::StepStatus& status = *run_.mutable_steps(static_cast<int>(index));
  status.set_state(finished.state());
  status.set_detail(finished.detail());
  *status.mutable_end_time() = record.time();
  ledger_[index].reported = finished.has_operation() || !Changes(ledger_[index].step->action());
  if (finished.changed()) run_.set_changed(true);
  return absl::OkStatus();
}

absl::Status RunState::ApplyGateAnswered(const Record& record) {
  const journal::v1::GateAnswered& answered = record.gate_answered();
  const RunPhase to = answered.approved() ? plan::v1::RUN_RUNNING : plan::v1::RUN_WAITING;
  RETURN_IF_ERROR(CheckPhase(record, to));
  const size_t index = OpenGate();
  if (index == step_count() || status(index).step() != answered.step() ||
      status(index).attempt() != answered.attempt()) {
    return Misplaced(record, absl::StrCat("attempt ", answered.attempt(), " of ", answered.step(),
                                          " is no gate that waits"));
  }
  const StepState state = answered.approved() ? plan::v1::SUCCEEDED : plan::v1::STEP_FAILED;
  RETURN_IF_ERROR(CheckStep(record, index, state));
  run_.set_phase(to);
  plan::v1::StepStatus& status = *run_.mutable_steps(static_cast<int>(index));
  status.set_state(state);
  status.set_detail(absl::StrCat(answered.approved() ? "approved by " : "rejected by ",
                                 record.actor(), ": ", answered.reason()));
  *status.mutable_end_time() = record.time();
  ledger_[index].reported = true;
  ledger_[index].values.assign(answered.values().begin(), answered.values().end());
  return absl::OkStatus();
}

absl::Status RunState::ApplyRunPaused(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, plan::v1::RUN_PAUSED));
  run_.set_phase(plan::v1::RUN_PAUSED);
  run_.set_pause_reason(record.run_paused().reason());
  run_.set_detail(record.run_paused().detail());
  pause_requested_ = false;
  CountDoubtAsChange();
  return absl::OkStatus();
}

absl::Status RunState::ApplyRunResumed(const Record& record) {
  const journal::v1::RunResumed& resumed = record.run_resumed();
  const RunPhase to = run_.phase() == plan::v1::RUN_CANCELLING ? plan::v1::RUN_CANCELLING
                      : OpenGate() < step_count()              ? plan::v1::RUN_WAITING
                                                               : plan::v1::RUN_RUNNING;
  RETURN_IF_ERROR(CheckPhase(record, to));
  if (resumed.epoch() <= run_.epoch()) {
    return Misplaced(
        record, absl::StrCat("epoch ", resumed.epoch(), " does not rise above ", run_.epoch()));
  }
  if (resumed.decision() != journal::v1::DECISION_UNSPECIFIED) {
    RETURN_IF_ERROR(ApplyDecision(record));
  }
  run_.set_phase(to);
  run_.set_epoch(resumed.epoch());
  run_.clear_pause_reason();
  run_.clear_detail();
  run_.clear_claimed_hosts();
  answered_claims_.clear();
  incarnation_ = resumed.incarnation();
  return absl::OkStatus();
}

absl::Status RunState::ApplyDecision(const Record& record) {
  const journal::v1::RunResumed& resumed = record.run_resumed();
  if (resumed.decision() == journal::v1::OWE) return ApplyOwe(record);
  const bool retry = resumed.decision() == journal::v1::RETRY;
  if (!retry && resumed.decision() != journal::v1::ACCEPT) {
    return Misplaced(record, absl::StrCat("decision ", static_cast<int>(resumed.decision()),
                                          " does not let a run go on"));
  }
  const StepState to = retry ? plan::v1::PENDING : plan::v1::SKIPPED;
  ASSIGN_OR_RETURN(const size_t index, StepOf(record, resumed.step()));
  std::vector<size_t> decided = {index};
  if (Settled(status(index).state())) {
    if (!retry || !CanAskAgain(index)) {
      return Misplaced(record, absl::StrCat("step ", resumed.step(), " needs no decision"));
    }
    decided.push_back(UndecidedTaker(index));
  }
  for (const size_t step : decided) RETURN_IF_ERROR(CheckStep(record, step, to));
  for (const size_t step : decided) {
    plan::v1::StepStatus& status = *run_.mutable_steps(static_cast<int>(step));
    status.set_state(to);
    status.set_detail(absl::StrCat(retry ? "tried again by " : "vouched for by ", record.actor(),
                                   ": ", resumed.reason()));
  }
  return absl::OkStatus();
}

absl::Status RunState::ApplyStopRequested(const Record& record) {
  const bool cancel = record.stop_requested().cancel();
  const RunPhase from = run_.phase();
  const RunPhase to = cancel ? plan::v1::RUN_CANCELLING : from;
  RETURN_IF_ERROR(CheckPhase(record, to));
  if (from == plan::v1::RUN_CANCELLING) return absl::OkStatus();  // who asked first stands
  run_.set_phase(to);
  if (!cancel) pause_requested_ = true;
  stop_reason_ = absl::StrCat(record.actor(), ": ", record.stop_requested().reason());
  return absl::OkStatus();
}

absl::Status RunState::ApplyRunFinished(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, record.run_finished().phase()));
  run_.set_phase(record.run_finished().phase());
  run_.set_detail(record.run_finished().detail());
  run_.clear_pause_reason();
  *run_.mutable_end_time() = record.time();
  CountDoubtAsChange();
  return absl::OkStatus();
}

// A run that stands or ends while a change is under way cannot say that nothing was changed.
void RunState::CountDoubtAsChange() {
  for (size_t i = 0; i < step_count(); ++i) {
    const bool doubt =
        status(i).state() == plan::v1::STARTED && MayChange(ledger_[i].step->action());
    if (doubt) run_.set_changed(true);
  }
}

absl::Status RunState::Apply(const StoredRecord& stored) {
  RETURN_IF_ERROR(Apply(stored.record));
  Stamp(stored);
  return absl::OkStatus();
}

void RunState::Stamp(const StoredRecord& stored) {
  run_.set_sequence(stored.record.sequence());
  if (!stored.record.has_step_started()) return;
  const absl::StatusOr<size_t> index = FindStep(stored.record.step_started().step());
  if (!index.ok()) return;
  ledger_[*index].started.set_sequence(stored.record.sequence());
  ledger_[*index].started.set_hash(stored.hash);
}

absl::StatusOr<size_t> RunState::FindStep(absl::string_view name) const {
  const auto found = index_.find(name);
  if (found != index_.end()) return found->second;
  return absl::NotFoundError(absl::StrCat("run ", run_.run(), " has no step \"", name, "\""));
}

size_t RunState::FirstUndecided() const {
  size_t index = 0;
  while (index < step_count() && !NeedsDecision(status(index).state())) ++index;
  return index;
}

size_t RunState::OpenGate() const {
  size_t index = 0;
  while (index < step_count() && (status(index).state() != plan::v1::STARTED ||
                                  !ledger_[index].step->action().has_gate())) {
    ++index;
  }
  return index;
}

size_t RunState::UndecidedTaker(size_t gate) const {
  const std::string& name = status(gate).step();
  size_t index = 0;
  for (; index < step_count(); ++index) {
    const auto& arguments = ledger_[index].step->action().arguments();
    const bool takes = std::any_of(
        arguments.begin(), arguments.end(),
        [&name](const plan::v1::ToolArgument& argument) { return argument.gate().step() == name; });
    if (takes && NeedsDecision(status(index).state())) break;
  }
  return index;
}

bool RunState::CanAskAgain(size_t gate) const {
  const StepState state = status(gate).state();
  const size_t taker = UndecidedTaker(gate);
  if ((state != plan::v1::SUCCEEDED && state != plan::v1::SKIPPED) || taker == step_count()) {
    return false;
  }
  return ledger_[taker].reported || status(taker).state() == plan::v1::STEP_FAILED;
}

uint32_t RunState::NextAttempt(size_t index) const {
  const uint32_t before = status(index).attempt();
  return before == 0 || ledger_[index].reported ? before + 1 : before;
}

}  // namespace baton::engine
