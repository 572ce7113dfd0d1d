// What scripts say of hosts that are lost.

#include "common/words/words.h"
#include "coordinator/engine/debt_book.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/engine_script.h"
#include "tests/coordinator/engine/engine_text.h"
#include "tests/coordinator/engine/script_words.h"

namespace baton {

// A move without a host that does not answer: "lost=fe1 on-lost=owe", with "confirmed" as a last
// word where its name was typed before.
plan::v1::Plan EngineScript::PlanWithout(Farm& whole, const std::string& lost, const Words& words) {
  for (const FarmHost& host : whole.file.hosts) {
    plan::v1::Assignment& assignment = *whole.Host(host.name).mutable_assignment();
    assignment.set_controller("fe1");
    assignment.set_epoch(1);
    assignment.set_state(plan::v1::HELD);
  }
  Farm farm = whole;
  for (const FarmHost& host : farm.file.hosts) {
    if (host.name == lost) continue;
    plan::v1::Sighting& sighting = *farm.observation.add_sightings();
    sighting.set_from(host.name);
    sighting.set_host(lost);
    sighting.set_kind(plan::v1::SIGHTED_CONTROLLER);
    sighting.set_verdict(plan::v1::SILENT);
  }
  farm.Observed(lost).clear_state();
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::MOVE_CONTROLLER);
  request.set_to(Option(words, "to", "fe2"));
  request.set_emergency(true);
  request.set_reason("fe1 burnt");
  plan::v1::LostHost& entry = *request.add_lost();
  entry.set_host(lost);
  const absl::StatusOr<plan::v1::OnLost> policy = ParseOnLost(Option(words, "on-lost", "owe"));
  EXPECT_TRUE(policy.ok()) << policy.status();
  if (policy.ok()) entry.set_on_lost(*policy);
  entry.set_confirmed_off(words.back() == "confirmed");
  for (FarmHost& host : farm.file.hosts) {
    if (host.name == lost) host.fence.emplace().set_agent("fence_lab");
  }
  return farm.PlanFor(request);
}

void EngineScript::SetSilent(const Words& words) {
  farm_->SetSilent(words.at(1), words[0] == "silent");
}

// "fence OFF STATUS": the exit codes.
void EngineScript::SetFence(const Words& words) {
  loop_->fence_result().mutable_off()->set_exit_code(Number(words.at(1)));
  loop_->fence_result().mutable_status()->set_exit_code(Number(words.at(2)));
}

// What the journal says that hosts owe.
void EngineScript::ShowDebts(const Words& /*words*/) {
  engine::DebtBook book;
  for (const StoredRecord& stored : journal_.records()) book.Apply(stored.record);
  for (const plan::v1::Debt& debt : book.Open()) Print(DebtText(debt));
}

}  // namespace baton
