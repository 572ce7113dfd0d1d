#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/engine/events.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// The rules by which runs start, go on and are taken over. They only read: RunControl applies them
// in the daemon, the simulator (tests/simulation) in virtual time. Thread-safe.
class RunRules {
 public:
  // Borrows farm, journal and book. `incarnation` is the random id of this start of the
  // coordinator; `name` its own name in its certificate.
  RunRules(const FarmFile& farm, Journal& journal, RunBook& book, std::string incarnation,
           std::string name);

  // The plan that the request wants to run, as far as that can be said without looking at the farm.
  // Errors as coordinator.proto lists for StartRun.
  absl::StatusOr<plan::v1::Plan> CheckStart(const coordinator::v1::StartRunRequest& request) const;

  // The records that start `run`, now that the farm was observed, to be appended together: where it
  // undoes a run that is paused, that one ends first. FAILED_PRECONDITION if the farm moved since
  // the plan was made, a finding forbids the run, the journal lacks records, or the run that it
  // undoes went on.
  absl::StatusOr<std::vector<journal::v1::Record>> Start(
      const std::string& run, plan::v1::Plan plan, const plan::v1::Observation& observation,
      const std::string& request_id, const std::string& actor, absl::Time now) const;

  // What a person decided about a paused run; epoch and incarnation are not set yet. Errors as
  // coordinator.proto lists for ResumeRun.
  absl::StatusOr<journal::v1::RunResumed> CheckResume(
      const coordinator::v1::ResumeRunRequest& request, const engine::RunState& state) const;

  // The decision with the epoch that it goes on at, now that the farm was observed.
  // FAILED_PRECONDITION if the plan no longer fits or the journal lacks records. Not for
  // FORCE_STOP, which needs neither.
  absl::StatusOr<journal::v1::RunResumed> GoOn(journal::v1::RunResumed resumed,
                                               const engine::RunState& state,
                                               const plan::v1::Observation& observation) const;

  // What a coordinator that was started does with the run that it finds going: ResumeAsked or
  // PauseFound.
  engine::Event JudgeFound(const engine::RunState& state, const plan::v1::Observation& observation,
                           absl::Time now) const;

 private:
  uint64_t NextEpoch(const plan::v1::Observation& observation) const;
  absl::Status CheckPlanStillFits(const plan::v1::Plan& plan) const;
  absl::Status CheckIdle(const plan::v1::Plan& plan) const;
  absl::Status CheckFarm(const plan::v1::Plan& plan,
                         const plan::v1::Observation& observation) const;

  const FarmFile& farm_;
  Journal& journal_;
  RunBook& book_;
  const std::string incarnation_;
  const std::string name_;
};

// INVALID_ARGUMENT for a reason that is longer than the API allows. Pure.
absl::Status CheckReasonSize(absl::string_view reason);

}  // namespace baton
