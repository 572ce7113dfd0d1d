#include "tests/support/fake_coordinator_client.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {

using plan::v1::Plan;
using plan::v1::Run;

std::vector<std::string> FakeCoordinatorClient::calls() const {
  const MutexLock lock(mutex_);
  return calls_;
}

absl::Status FakeCoordinatorClient::Note(const std::string& method,
                                         const google::protobuf::Message& request) {
  const MutexLock lock(mutex_);
  std::string text = absl::StrCat(method, " ", request.ShortDebugString());
  absl::StripTrailingAsciiWhitespace(&text);
  calls_.push_back(std::move(text));
  std::deque<absl::Status>& errors_of_method = errors[method];
  if (errors_of_method.empty()) return absl::OkStatus();
  absl::Status error = std::move(errors_of_method.front());
  errors_of_method.pop_front();
  return error;
}

template <typename Response>
absl::StatusOr<Response> FakeCoordinatorClient::Answer(const std::string& method,
                                                       const google::protobuf::Message& request,
                                                       const Response& response) {
  RETURN_IF_ERROR(Note(method, request));
  return response;
}

absl::StatusOr<coordinator::v1::Farm> FakeCoordinatorClient::GetFarm() {
  return Answer("GetFarm", coordinator::v1::GetFarmRequest(), farm);
}
absl::StatusOr<coordinator::v1::Readiness> FakeCoordinatorClient::CheckReadiness(
    const coordinator::v1::CheckReadinessRequest& request) {
  return Answer("CheckReadiness", request, readiness);
}
absl::StatusOr<Plan> FakeCoordinatorClient::CreatePlan(
    const coordinator::v1::CreatePlanRequest& request) {
  return Answer("CreatePlan", request, plan);
}
absl::StatusOr<Plan> FakeCoordinatorClient::GetPlan(
    const coordinator::v1::GetPlanRequest& request) {
  return Answer("GetPlan", request, plan);
}
absl::StatusOr<Run> FakeCoordinatorClient::StartRun(
    const coordinator::v1::StartRunRequest& request) {
  return Answer("StartRun", request, run);
}
absl::StatusOr<Run> FakeCoordinatorClient::GetRun(const coordinator::v1::GetRunRequest& request) {
  return Answer("GetRun", request, run);
}
absl::StatusOr<coordinator::v1::ListRunsResponse> FakeCoordinatorClient::ListRuns(
    const coordinator::v1::ListRunsRequest& request) {
  return Answer("ListRuns", request, runs);
}
absl::StatusOr<Run> FakeCoordinatorClient::PauseRun(
    const coordinator::v1::StopRunRequest& request) {
  return Answer("PauseRun", request, run);
}
absl::StatusOr<Run> FakeCoordinatorClient::CancelRun(
    const coordinator::v1::StopRunRequest& request) {
  return Answer("CancelRun", request, run);
}
absl::StatusOr<Run> FakeCoordinatorClient::ResumeRun(
    const coordinator::v1::ResumeRunRequest& request) {
  return Answer("ResumeRun", request, run);
}
absl::StatusOr<Run> FakeCoordinatorClient::AnswerGate(
    const coordinator::v1::AnswerGateRequest& request) {
  return Answer("AnswerGate", request, run);
}
absl::StatusOr<plan::v1::Assignment> FakeCoordinatorClient::Adopt(
    const coordinator::v1::AdoptRequest& request) {
  return Answer("Adopt", request, assignment);
}
absl::StatusOr<plan::v1::Debt> FakeCoordinatorClient::WriteOffDebt(
    const coordinator::v1::WriteOffDebtRequest& request) {
  return Answer("WriteOffDebt", request, debt);
}
absl::StatusOr<coordinator::v1::SecretsReport> FakeCoordinatorClient::TestSecrets() {
  return Answer("TestSecrets", coordinator::v1::TestSecretsRequest(), secrets);
}
absl::StatusOr<coordinator::v1::ReplayReport> FakeCoordinatorClient::ReplayRun(
    const coordinator::v1::ReplayRunRequest& request) {
  return Answer("ReplayRun", request, replay);
}
absl::StatusOr<coordinator::v1::Version> FakeCoordinatorClient::GetVersion() {
  return Answer("GetVersion", coordinator::v1::GetVersionRequest(), version);
}

absl::StatusOr<ctl::RunHistory> FakeCoordinatorClient::GetRunHistory(
    const coordinator::v1::GetRunHistoryRequest& request) {
  return Answer("GetRunHistory", request, history);
}

absl::Status FakeCoordinatorClient::WatchRun(const coordinator::v1::WatchRunRequest& request,
                                             const EventSink& sink) {
  RETURN_IF_ERROR(Note("WatchRun", request));
  Watch watch{{}, absl::UnavailableError("connection refused"), false};
  if (!watches.empty()) {
    watch = std::move(watches.front());
    watches.pop_front();
  }
  for (const coordinator::v1::RunEvent& event : watch.events) {
    const bool seen = event.has_record() && event.record().sequence() <= request.after_sequence();
    if (!seen) sink(event);
  }
  if (!watch.hangs) return watch.end;
  if (when_hanging) when_hanging();
  const MutexLock lock(mutex_);
  while (!stopped_) changed_.Wait(mutex_);
  return absl::CancelledError("watching was stopped");
}

void FakeCoordinatorClient::StopWatching() {
  const MutexLock lock(mutex_);
  stopped_ = true;
  changed_.NotifyAll();
}

}  // namespace baton
