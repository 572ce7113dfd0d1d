#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/sync/mutex.h"
#include "coordinator/ctl/coordinator_client.h"

namespace baton {

// A Baton coordinator that answers what a test has put there, and remembers what it was asked.
// Thread-safe once calls are made; set it up before.
class FakeCoordinatorClient : public ctl::CoordinatorClient {
 public:
  // One WatchRun: the events that it tells, without records that were seen before, then what it
  // ends with. With `hangs` it waits for StopWatching after the events instead, having called
  // `when_hanging`.
  struct Watch {
    std::vector<coordinator::v1::RunEvent> events;
    absl::Status end;
    bool hangs = false;
  };

  // Answers.
  coordinator::v1::Farm farm;
  coordinator::v1::Readiness readiness;
  plan::v1::Plan plan;
  plan::v1::Run run;
  coordinator::v1::ListRunsResponse runs;
  ctl::RunHistory history;
  plan::v1::Assignment assignment;
  plan::v1::Debt debt;
  coordinator::v1::SecretsReport secrets;
  coordinator::v1::ReplayReport replay;
  coordinator::v1::Version version;
  // What the next WatchRun calls do, in order; later ones are UNAVAILABLE.
  std::deque<Watch> watches;
  std::function<void()> when_hanging;
  // Errors of the next calls of a method, by its name, in order; then it answers.
  std::map<std::string, std::deque<absl::Status>> errors;

  // The calls so far: "StartRun request_id: ..." with the request in text form.
  std::vector<std::string> calls() const;

  absl::StatusOr<coordinator::v1::Farm> GetFarm() override;
  absl::StatusOr<coordinator::v1::Readiness> CheckReadiness(
      const coordinator::v1::CheckReadinessRequest& request) override;
  absl::StatusOr<plan::v1::Plan> CreatePlan(
      const coordinator::v1::CreatePlanRequest& request) override;
  absl::StatusOr<plan::v1::Plan> GetPlan(const coordinator::v1::GetPlanRequest& request) override;
  absl::StatusOr<plan::v1::Run> StartRun(const coordinator::v1::StartRunRequest& request) override;
  absl::StatusOr<plan::v1::Run> GetRun(const coordinator::v1::GetRunRequest& request) override;
  absl::StatusOr<coordinator::v1::ListRunsResponse> ListRuns(
      const coordinator::v1::ListRunsRequest& request) override;
  absl::StatusOr<plan::v1::Run> PauseRun(const coordinator::v1::StopRunRequest& request) override;
  absl::StatusOr<plan::v1::Run> CancelRun(const coordinator::v1::StopRunRequest& request) override;
  absl::StatusOr<plan::v1::Run> ResumeRun(
      const coordinator::v1::ResumeRunRequest& request) override;
  absl::StatusOr<plan::v1::Run> AnswerGate(
      const coordinator::v1::AnswerGateRequest& request) override;
  absl::StatusOr<plan::v1::Assignment> Adopt(const coordinator::v1::AdoptRequest& request) override;
  absl::StatusOr<plan::v1::Debt> WriteOffDebt(
      const coordinator::v1::WriteOffDebtRequest& request) override;
  absl::StatusOr<coordinator::v1::SecretsReport> TestSecrets() override;
  absl::StatusOr<coordinator::v1::ReplayReport> ReplayRun(
      const coordinator::v1::ReplayRunRequest& request) override;
  absl::StatusOr<coordinator::v1::Version> GetVersion() override;
  absl::StatusOr<ctl::RunHistory> GetRunHistory(
      const coordinator::v1::GetRunHistoryRequest& request) override;
  absl::Status WatchRun(const coordinator::v1::WatchRunRequest& request,
                        const EventSink& sink) override;
  void StopWatching() override;

 private:
  // Notes a call; returns the error that it shall have, or ok.
  absl::Status Note(const std::string& method, const google::protobuf::Message& request);
  template <typename Response>
  absl::StatusOr<Response> Answer(const std::string& method,
                                  const google::protobuf::Message& request,
                                  const Response& response);

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> calls_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace baton
