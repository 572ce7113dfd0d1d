#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/engine/run_state.h"

namespace baton {

// Brings a RunState to where a test wants it, record by record, as a journal would hold them.
class RunRecords {
 public:
  // Run `run-1` of `plan` has started at epoch 1, and every host has accepted the claim.
  explicit RunRecords(const plan::v1::Plan& plan);

  // A record of the run without a body.
  static journal::v1::Record NewRecord();
  static journal::v1::Record StepStarted(absl::string_view step, uint32_t attempt = 1);
  // An end that the agent reported.
  static journal::v1::Record StepFinished(absl::string_view step, plan::v1::StepState state,
                                          uint32_t attempt = 1);
  static journal::v1::Record Paused(plan::v1::PauseReason reason);
  static journal::v1::Record Resumed(uint64_t epoch, absl::string_view step = "",
                                     journal::v1::Decision decision = {});
  static journal::v1::Record StopRequested(bool cancel);
  static journal::v1::Record Finished(plan::v1::RunPhase phase);

  // Takes in the next record; fails the test if it does not belong.
  void Add(journal::v1::Record record);

  // Leads a step that is pending to `state`.
  void Reach(absl::string_view step, plan::v1::StepState state);

  engine::RunState& state() { return state_; }

 private:
  engine::RunState state_;
  plan::v1::Anchor end_;
};

}  // namespace baton
