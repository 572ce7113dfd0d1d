// Hosts that a run works on, those that it does without, and what they owe.

#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/engine/transitions.h"

namespace baton::engine {

using journal::v1::Record;

// Every step of the host that is not settled is owed.
absl::Status RunState::ApplyOwe(const Record& record) {
  const journal::v1::RunResumed& resumed = record.run_resumed();
  std::vector<size_t> owed;
  for (size_t i = 0; i < step_count(); ++i) {
    if (ledger_[i].step->host() != resumed.owed_host() || Settled(status(i).state())) continue;
    RETURN_IF_ERROR(CheckStep(record, i, plan::v1::OWED));
    owed.push_back(i);
  }
  for (const size_t step : owed) {
    plan::v1::StepStatus& status = *run_.mutable_steps(static_cast<int>(step));
    status.set_state(plan::v1::OWED);
    status.set_detail(absl::StrCat("owed by ", record.actor(), ": ", resumed.reason()));
  }
  owed_hosts_.insert(resumed.owed_host());
  return absl::OkStatus();
}

absl::Status RunState::ApplyDebt(const Record& record) {
  RETURN_IF_ERROR(CheckPhase(record, run_.phase()));
  if (record.has_debt_opened()) {
    const plan::v1::Debt& debt = record.debt_opened().debt();
    debts_[debt.host()] = debt;
    return absl::OkStatus();
  }
  const journal::v1::DebtSettled& settled = record.debt_settled();
  const auto debt = debts_.find(settled.host());
  if (debt == debts_.end()) return absl::OkStatus();  // of an earlier run
  if (settled.stand_down_only()) {
    debt->second.set_stand_down(false);
  } else {
    debts_.erase(debt);
  }
  return absl::OkStatus();
}

bool RunState::Claimed() const {
  return absl::c_all_of(ClaimedHosts(),
                        [this](const std::string& host) { return HasClaimed(host); }) &&
         absl::c_all_of(LostHosts(), [this](const std::string& host) {
           return answered_claims_.contains(host);
         });
}

std::vector<std::string> RunState::ClaimedHosts() const {
  std::vector<std::string> hosts;
  for (const std::string& host : plan().hosts()) {
    if (!IsOwed(host)) hosts.push_back(host);
  }
  return hosts;
}

std::vector<std::string> RunState::LostHosts() const {
  std::vector<std::string> hosts;
  for (size_t i = 0; i < step_count(); ++i) {
    const plan::v1::Step& step = *ledger_[i].step;
    if (!step.owable() || Settled(status(i).state()) || IsOwed(step.host()) ||
        absl::c_linear_search(plan().hosts(), step.host()) ||
        absl::c_linear_search(hosts, step.host())) {
      continue;
    }
    hosts.push_back(step.host());
  }
  return hosts;
}

bool RunState::HasClaimed(absl::string_view host) const {
  return absl::c_linear_search(run_.claimed_hosts(), host);
}

const plan::v1::Debt* RunState::FindDebt(absl::string_view host) const {
  const auto debt = debts_.find(host);
  return debt == debts_.end() ? nullptr : &debt->second;
}

}  // namespace baton::engine
