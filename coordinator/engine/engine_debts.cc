// What a run does without: hosts that are lost or in maintenance, and what they owe.

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "coordinator/engine/engine.h"
#include "coordinator/engine/lanes.h"
#include "coordinator/engine/transitions.h"

namespace baton::engine {

using journal::v1::Record;
using plan::v1::Debt;
using plan::v1::Step;

// --- Claims -------------------------------------------------------------------------------------

// Going on without a host that may have the Deployment Controller takes most of the farm.
std::string Engine::WantsMajority() const {
  const plan::v1::Plan& plan = state_.plan();
  const bool owes = absl::c_any_of(plan.debts(), [&plan](const Debt& debt) {
    return debt.stand_down() && absl::c_any_of(plan.request().lost(), [&debt](const auto& lost) {
             return lost.host() == debt.host() && lost.on_lost() == plan::v1::ON_LOST_OWE;
           });
  });
  const int hosts = plan.hosts_size() + plan.debts_size() + plan.not_proved_size();
  const auto accepted = static_cast<int>(
      absl::c_count_if(claims_, [](const auto& entry) { return entry.second.status.ok(); }));
  if (!owes || 2 * accepted > hosts) return "";
  return absl::StrCat("only ", accepted, " of ", hosts,
                      " hosts accepted the claim: that is not most of the farm, so a host that may "
                      "have the Deployment Controller cannot be left owing; fence it, or confirm "
                      "that it is off");
}

// --- Steps that are owed ------------------------------------------------------------------------

bool Engine::CannotBeTold(size_t index) const {
  const Step& step = *state_.ledger(index).step;
  return step.owable() && !state_.HasClaimed(step.host());
}

// A lost host that did not accept the claim is not called: what it would do is owed.
void Engine::OweWhatCannotBeTold() {
  bool owed = true;
  while (owed) {
    owed = false;
    for (const size_t index : RunnableSteps(state_)) {
      if (!CannotBeTold(index)) continue;
      OpenDebts();
      const std::string& host = state_.ledger(index).step->host();
      Record record = NewRecord(state_.run().actor());
      journal::v1::StepFinished& finished = *record.mutable_step_finished();
      finished.set_step(state_.status(index).step());
      finished.set_attempt(state_.status(index).attempt());
      finished.set_state(plan::v1::OWED);
      finished.set_detail(absl::StrCat(host, " was named lost and did not accept the claim"));
      Emit(std::move(record));
      owed = true;
    }
  }
}

// What a lost host does not do it owes: nobody is asked.
Outcome Engine::OwedIfLost(size_t index, Outcome outcome) const {
  if (!state_.ledger(index).step->owable() || !NeedsDecision(outcome.state)) return outcome;
  return {plan::v1::OWED, absl::StrCat(Word(outcome.state), ": ", outcome.detail)};
}

// --- Debts --------------------------------------------------------------------------------------

void Engine::EmitDebt(Debt debt) {
  debt.set_run(state_.run().run());
  debt.set_epoch(state_.run().epoch());
  debt.set_actor(state_.run().actor());
  Record record = NewRecord(state_.run().actor());
  *debt.mutable_open_time() = record.time();
  *record.mutable_debt_opened()->mutable_debt() = std::move(debt);
  Emit(std::move(record));
}

// Together with the first step that changes something: nothing is changed without it.
void Engine::OpenDebts() {
  for (const Debt& debt : state_.plan().debts()) {
    if (state_.FindDebt(debt.host()) == nullptr) EmitDebt(debt);
  }
}

// A host that a person decided to go on without.
void Engine::OpenDebtOf(const std::string& host, const std::string& reason) {
  Debt debt;
  debt.set_host(host);
  debt.set_reason(reason);
  if (const Debt* open = state_.FindDebt(host); open != nullptr) {
    debt.set_stand_down(open->stand_down());
    debt.set_off_proof(open->off_proof());
  }
  EmitDebt(std::move(debt));
}

// What a step that ended means for what its host owes.
void Engine::TellDebt(size_t index) {
  const Step& step = *state_.ledger(index).step;
  const Debt* debt = state_.FindDebt(step.host());
  if (debt == nullptr || !debt->stand_down()) return;
  if (state_.status(index).state() != plan::v1::SUCCEEDED) return;
  if (ProvesOff(step)) {
    Debt proved = *debt;
    proved.set_off_proof(state_.status(index).detail());
    return EmitDebt(std::move(proved));
  }
  if (!step.owable() || !StoodDown(step.host())) return;
  Record record = NewRecord(state_.run().actor());
  journal::v1::DebtSettled& settled = *record.mutable_debt_settled();
  settled.set_host(step.host());
  settled.set_end(journal::v1::DEBT_PAID);
  settled.set_stand_down_only(true);
  settled.set_reason("it answered after all, and was told to stand down");
  Emit(std::move(record));
}

// A fence that was read back, or a person who typed the host's name.
bool Engine::ProvesOff(const Step& step) {
  if (step.action().has_fence_off()) return true;
  return absl::c_any_of(step.action().gate().inputs(),
                        [](const plan::v1::GateInput& input) { return !input.expected().empty(); });
}

// Everything that the host was told to do for its stand-down is done.
bool Engine::StoodDown(const std::string& host) const {
  for (size_t i = 0; i < state_.step_count(); ++i) {
    const Step& step = *state_.ledger(i).step;
    if (step.owable() && step.host() == host && state_.status(i).state() != plan::v1::SUCCEEDED) {
      return false;
    }
  }
  return true;
}

// The run brought these hosts to what it says: what they owed from before is no more.
void Engine::SettleFormerDebts() {
  for (const Debt& debt : state_.plan().observation().debts()) {
    const std::string& host = debt.host();
    if (!absl::c_linear_search(state_.plan().hosts(), host) || state_.IsOwed(host)) continue;
    Record record = NewRecord(state_.run().actor());
    journal::v1::DebtSettled& settled = *record.mutable_debt_settled();
    settled.set_host(host);
    const bool paid = state_.plan().request().pays() == host;
    settled.set_end(paid ? journal::v1::DEBT_PAID : journal::v1::DEBT_REPLACED);
    settled.set_reason(absl::StrCat("run ", state_.run().run(), " worked on it and succeeded"));
    Emit(std::move(record));
  }
}

// --- Fences -------------------------------------------------------------------------------------

void Engine::StartFence(Flight& flight) {
  const Step& step = *state_.ledger(flight.step).step;
  flight.call = next_id_++;
  effects_.push_back(RunFence{flight.call, step.name(), step.host(), step.action().fence_off(),
                              LengthOf(step.timeout())});
}

void Engine::On(const FenceEnded& event) {
  Flight* flight = FindFlight(event.call);
  if (flight == nullptr) return;
  flight->call = 0;
  flight->ambiguous = flight->ambiguous || event.result.ok();
  journal::v1::Evidence evidence;
  if (event.result.ok()) *evidence.mutable_fence() = *event.result;
  const Outcome outcome = JudgeFence(event.result);
  Finish(*flight, outcome.state, outcome.detail, std::move(evidence));
}

}  // namespace baton::engine
