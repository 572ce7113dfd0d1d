#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::ctl {

// All that is on record of a run.
struct RunHistory {
  coordinator::v1::ChainVerdict chain;
  std::vector<StoredRecord> records;  // of the run, oldest first
};

// The API of a Baton coordinator as the command line uses it, one call each; see
// proto/baton/coordinator/v1/coordinator.proto for what they do and their errors. Calls block.
// Besides the API's errors: UNAVAILABLE and DEADLINE_EXCEEDED, naming the address, if the Baton
// coordinator cannot be reached. Calls may come from several threads.
class CoordinatorClient {
 public:
  using EventSink = std::function<void(const coordinator::v1::RunEvent&)>;

  virtual ~CoordinatorClient() = default;

  virtual absl::StatusOr<coordinator::v1::Farm> GetFarm() = 0;
  virtual absl::StatusOr<coordinator::v1::Readiness> CheckReadiness(
      const coordinator::v1::CheckReadinessRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Plan> CreatePlan(
      const coordinator::v1::CreatePlanRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Plan> GetPlan(
      const coordinator::v1::GetPlanRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> StartRun(
      const coordinator::v1::StartRunRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> GetRun(const coordinator::v1::GetRunRequest& request) = 0;
  virtual absl::StatusOr<coordinator::v1::ListRunsResponse> ListRuns(
      const coordinator::v1::ListRunsRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> PauseRun(
      const coordinator::v1::StopRunRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> CancelRun(
      const coordinator::v1::StopRunRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> ResumeRun(
      const coordinator::v1::ResumeRunRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Run> AnswerGate(
      const coordinator::v1::AnswerGateRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Assignment> Adopt(
      const coordinator::v1::AdoptRequest& request) = 0;
  virtual absl::StatusOr<plan::v1::Debt> WriteOffDebt(
      const coordinator::v1::WriteOffDebtRequest& request) = 0;
  virtual absl::StatusOr<coordinator::v1::SecretsReport> TestSecrets() = 0;
  virtual absl::StatusOr<coordinator::v1::ReplayReport> ReplayRun(
      const coordinator::v1::ReplayRunRequest& request) = 0;
  virtual absl::StatusOr<coordinator::v1::Version> GetVersion() = 0;

  // All that is on record of a run.
  virtual absl::StatusOr<RunHistory> GetRunHistory(
      const coordinator::v1::GetRunHistoryRequest& request) = 0;

  // Hands the events of a run to `sink`, in order and from the calling thread, until the Baton
  // coordinator ends the stream, then returns its status.
  virtual absl::Status WatchRun(const coordinator::v1::WatchRunRequest& request,
                                const EventSink& sink) = 0;

  // Makes the WatchRun that runs, and all later ones, return CANCELLED soon.
  virtual void StopWatching() = 0;
};

}  // namespace baton::ctl
