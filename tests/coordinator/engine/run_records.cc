#include "tests/coordinator/engine/run_records.h"

#include <utility>

#include "coordinator/journal/chain.h"
#include "gtest/gtest.h"

namespace baton {

using journal::v1::Record;

RunRecords::RunRecords(const plan::v1::Plan& plan) {
  Record record = NewRecord();
  *record.mutable_run_started()->mutable_plan() = plan;
  record.mutable_run_started()->set_epoch(1);
  record.mutable_run_started()->set_incarnation("i1");
  Add(std::move(record));
  for (const std::string& host : plan.hosts()) {
    Record claim = NewRecord();
    claim.mutable_claim_finished()->set_host(host);
    claim.mutable_claim_finished()->set_epoch(1);
    claim.mutable_claim_finished()->set_accepted(true);
    Add(std::move(claim));
  }
}

Record RunRecords::NewRecord() {
  Record record;
  record.set_run("run-1");
  record.set_actor("operator:alice");
  return record;
}

Record RunRecords::StepStarted(absl::string_view step, uint32_t attempt) {
  Record record = NewRecord();
  record.mutable_step_started()->set_step(std::string(step));
  record.mutable_step_started()->set_attempt(attempt);
  return record;
}

Record RunRecords::StepFinished(absl::string_view step, plan::v1::StepState state,
                                uint32_t attempt) {
  Record record = NewRecord();
  record.mutable_step_finished()->set_step(std::string(step));
  record.mutable_step_finished()->set_attempt(attempt);
  record.mutable_step_finished()->set_state(state);
  record.mutable_step_finished()->mutable_operation()->set_state(plan::v1::OPERATION_SUCCEEDED);
  record.mutable_step_finished()->set_changed(true);
  return record;
}

Record RunRecords::Paused(plan::v1::PauseReason reason) {
  Record record = NewRecord();
  record.mutable_run_paused()->set_reason(reason);
  return record;
}

Record RunRecords::Resumed(uint64_t epoch, absl::string_view step, journal::v1::Decision decision) {
  Record record = NewRecord();
  record.mutable_run_resumed()->set_epoch(epoch);
  record.mutable_run_resumed()->set_incarnation("i2");
  record.mutable_run_resumed()->set_step(std::string(step));
  record.mutable_run_resumed()->set_decision(decision);
  record.mutable_run_resumed()->set_reason("looked at it");
  return record;
}

Record RunRecords::StopRequested(bool cancel) {
  Record record = NewRecord();
  record.mutable_stop_requested()->set_cancel(cancel);
  record.mutable_stop_requested()->set_reason("lunch");
  return record;
}

Record RunRecords::Finished(plan::v1::RunPhase phase) {
  Record record = NewRecord();
  record.mutable_run_finished()->set_phase(phase);
  return record;
}

void RunRecords::Add(Record record) {
  const absl::StatusOr<SealedRecord> sealed = Seal(std::move(record), end_);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  end_.set_sequence(sealed->stored.record.sequence());
  end_.set_hash(sealed->stored.hash);
  const absl::Status applied = state_.Apply(sealed->stored.record);
  ASSERT_TRUE(applied.ok()) << applied;
  state_.Stamp(sealed->stored);
}

void RunRecords::Reach(absl::string_view step, plan::v1::StepState state) {
  if (state == plan::v1::PENDING) return;
  Add(StepStarted(step));
  if (state == plan::v1::STARTED) return;
  if (state != plan::v1::SKIPPED) return Add(StepFinished(step, state));
  Add(StepFinished(step, plan::v1::STEP_FAILED));
  Add(Paused(plan::v1::STEP_DID_NOT_SUCCEED));
  Add(Resumed(state_.run().epoch() + 1, step, journal::v1::ACCEPT));
  for (const std::string& host : state_.plan().hosts()) {
    Record claim = NewRecord();
    claim.mutable_claim_finished()->set_host(host);
    claim.mutable_claim_finished()->set_epoch(state_.run().epoch());
    claim.mutable_claim_finished()->set_accepted(true);
    Add(std::move(claim));
  }
}

}  // namespace baton
