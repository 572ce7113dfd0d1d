#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// What the engine knows of a step beyond what people see of it.
struct StepLedger {
  const plan::v1::Step* step = nullptr;  // in the run's plan
  size_t stage = 0;                      // index of its stage
  size_t lane = 0;                       // index of its lane in that stage
  plan::v1::Anchor started;  // sequence and hash of the StepStarted of the attempt; for the fence
  bool reported = false;     // the agent reported the attempt as ended, so the next one may rise
  std::vector<plan::v1::GateValue> values;  // what the approval of a gate brought along
};

// A run as its records tell it: nothing but the fold of `Apply` over them. Copies are not cheap,
// and not needed. Not thread-safe.
class RunState {
 public:
  RunState() = default;
  RunState(const RunState&) = delete;
  RunState& operator=(const RunState&) = delete;
  RunState(RunState&&) = default;
  RunState& operator=(RunState&&) = default;

  // Takes in the next record of the run. DATA_LOSS, naming record and state, if the tables of
  // transitions.h do not allow it there; the state is unchanged then.
  absl::Status Apply(const journal::v1::Record& record);

  // Notes where a record lies. `Apply` of it came before.
  void Stamp(const StoredRecord& stored);

  // Both, for a record that comes from the journal.
  absl::Status Apply(const StoredRecord& stored);

  const plan::v1::Run& run() const { return run_; }
  const plan::v1::Plan& plan() const { return run_.plan(); }
  const std::string& incarnation() const { return incarnation_; }
  const std::string& farm_file() const { return farm_file_; }
  bool pause_requested() const { return pause_requested_; }
  const std::string& stop_reason() const { return stop_reason_; }

  size_t step_count() const { return ledger_.size(); }
  const StepLedger& ledger(size_t index) const { return ledger_[index]; }
  const plan::v1::StepStatus& status(size_t index) const {
    return run_.steps(static_cast<int>(index));
  }

  // Index of a step by name; NOT_FOUND if the plan has no such step.
  absl::StatusOr<size_t> FindStep(absl::string_view name) const;

  // The step whose outcome a person must decide about: the first in plan order, or step_count().
  size_t FirstUndecided() const;

  // The gate that waits for a person, or step_count().
  size_t OpenGate() const;

  // The step that a person must decide about and that took the answer to the gate, or
  // step_count(): the gate may be asked again for its sake.
  size_t UndecidedTaker(size_t gate) const;

  // The gate may be asked again: it is over, and the step that took its answer, or needs one, waits
  // for a decision. Not while nobody knows what became of that step: the agent must first say it of
  // the answer that it was given.
  bool CanAskAgain(size_t gate) const;

  // Number of the attempt that the next start of a step is: it rises only after the agent reported
  // the attempt before as ended.
  uint32_t NextAttempt(size_t index) const;

  // Every host that must has accepted the claim of the present epoch, and every lost host that is
  // to be told something has been asked.
  bool Claimed() const;

  // Hosts that must accept the claim: those of the plan, but for those that were owed since.
  std::vector<std::string> ClaimedHosts() const;

  // Lost hosts that are still to be told something: they are asked for their claim, too.
  std::vector<std::string> LostHosts() const;

  // The host accepted the claim of the present epoch.
  bool HasClaimed(absl::string_view host) const;

  // What the host owes because of this run; null if that is nothing.
  const plan::v1::Debt* FindDebt(absl::string_view host) const;

  // A person decided that the run goes on without the host.
  bool IsOwed(absl::string_view host) const { return owed_hosts_.contains(host); }

 private:
  absl::Status ApplyRunStarted(const journal::v1::Record& record);
  absl::Status ApplyClaimFinished(const journal::v1::Record& record);
  absl::Status ApplyStepStarted(const journal::v1::Record& record);
  absl::Status ApplyStepFinished(const journal::v1::Record& record);
  absl::Status ApplyGateAnswered(const journal::v1::Record& record);
  absl::Status ApplyRunResumed(const journal::v1::Record& record);
  absl::Status ApplyDecision(const journal::v1::Record& record);
  absl::Status ApplyOwe(const journal::v1::Record& record);
  absl::Status ApplyDebt(const journal::v1::Record& record);
  absl::Status ApplyStopRequested(const journal::v1::Record& record);
  absl::Status ApplyRunFinished(const journal::v1::Record& record);
  absl::Status ApplyRunPaused(const journal::v1::Record& record);
  absl::Status CheckPhase(const journal::v1::Record& record, plan::v1::RunPhase to) const;
  absl::Status CheckStep(const journal::v1::Record& record, size_t index,
                         plan::v1::StepState to) const;
  absl::StatusOr<size_t> StepOf(const journal::v1::Record& record, absl::string_view name) const;
  void CountDoubtAsChange();

  plan::v1::Run run_;
  std::string incarnation_;
  std::string farm_file_;
  bool pause_requested_ = false;
  std::string stop_reason_;
  std::set<std::string, std::less<>> answered_claims_;  // of the present epoch, whatever was said
  std::set<std::string, std::less<>> owed_hosts_;
  std::map<std::string, plan::v1::Debt, std::less<>> debts_;  // by host
  std::vector<StepLedger> ledger_;
  absl::flat_hash_map<absl::string_view, size_t> index_;  // by the step's name in the plan
};

}  // namespace baton::engine
