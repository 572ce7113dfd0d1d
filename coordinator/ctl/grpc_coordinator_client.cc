#include "coordinator/ctl/grpc_coordinator_client.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/grpc_status.h"
#include "common/status/status.h"
#include "coordinator/ctl/follow.h"

namespace baton::ctl {

using coordinator::v1::Farm;
using plan::v1::Plan;
using plan::v1::Run;

GrpcCoordinatorClient::GrpcCoordinatorClient(std::string target,
                                             std::shared_ptr<grpc::Channel> channel,
                                             std::unique_ptr<GrpcCredentials> credentials)
    : target_(std::move(target)),
      credentials_(std::move(credentials)),
      stub_(coordinator::v1::Coordinator::NewStub(std::move(channel))) {}

// What the Baton coordinator says stands for itself; what the connection says needs its name.
absl::Status GrpcCoordinatorClient::Translate(const grpc::Status& status) const {
  absl::Status translated = FromGrpcStatus(status);
  if (!IsConnectionLost(translated)) return translated;
  return Annotate(translated, absl::StrCat("Baton coordinator at ", target_));
}

template <typename Response, typename Request>
absl::StatusOr<Response> GrpcCoordinatorClient::Call(
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  Response response;
  const grpc::Status status = ((*stub_).*method)(&context, request, &response);
  if (!status.ok()) return Translate(status);
  return response;
}

absl::StatusOr<Farm> GrpcCoordinatorClient::GetFarm() {
  return Call(&Stub::GetFarm, coordinator::v1::GetFarmRequest());
}
absl::StatusOr<coordinator::v1::Readiness> GrpcCoordinatorClient::CheckReadiness(
    const coordinator::v1::CheckReadinessRequest& request) {
  return Call(&Stub::CheckReadiness, request);
}
absl::StatusOr<Plan> GrpcCoordinatorClient::CreatePlan(
    const coordinator::v1::CreatePlanRequest& request) {
  return Call(&Stub::CreatePlan, request);
}
absl::StatusOr<Plan> GrpcCoordinatorClient::GetPlan(
    const coordinator::v1::GetPlanRequest& request) {
  return Call(&Stub::GetPlan, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::StartRun(
    const coordinator::v1::StartRunRequest& request) {
  return Call(&Stub::StartRun, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::GetRun(const coordinator::v1::GetRunRequest& request) {
  return Call(&Stub::GetRun, request);
}
absl::StatusOr<coordinator::v1::ListRunsResponse> GrpcCoordinatorClient::ListRuns(
    const coordinator::v1::ListRunsRequest& request) {
  return Call(&Stub::ListRuns, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::PauseRun(
    const coordinator::v1::StopRunRequest& request) {
  return Call(&Stub::PauseRun, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::CancelRun(
    const coordinator::v1::StopRunRequest& request) {
  return Call(&Stub::CancelRun, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::ResumeRun(
    const coordinator::v1::ResumeRunRequest& request) {
  return Call(&Stub::ResumeRun, request);
}
absl::StatusOr<Run> GrpcCoordinatorClient::AnswerGate(
    const coordinator::v1::AnswerGateRequest& request) {
  return Call(&Stub::AnswerGate, request);
}
absl::StatusOr<plan::v1::Assignment> GrpcCoordinatorClient::Adopt(
    const coordinator::v1::AdoptRequest& request) {
  return Call(&Stub::Adopt, request, kAdoptTimeout);
}
absl::StatusOr<plan::v1::Debt> GrpcCoordinatorClient::WriteOffDebt(
    const coordinator::v1::WriteOffDebtRequest& request) {
  return Call(&Stub::WriteOffDebt, request);
}
absl::StatusOr<coordinator::v1::SecretsReport> GrpcCoordinatorClient::TestSecrets() {
  return Call(&Stub::TestSecrets, coordinator::v1::TestSecretsRequest());
}
absl::StatusOr<coordinator::v1::ReplayReport> GrpcCoordinatorClient::ReplayRun(
    const coordinator::v1::ReplayRunRequest& request) {
  return Call(&Stub::ReplayRun, request);
}
absl::StatusOr<coordinator::v1::Version> GrpcCoordinatorClient::GetVersion() {
  return Call(&Stub::GetVersion, coordinator::v1::GetVersionRequest());
}

absl::StatusOr<RunHistory> GrpcCoordinatorClient::GetRunHistory(
    const coordinator::v1::GetRunHistoryRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kHistoryTimeout));
  const auto reader = stub_->GetRunHistory(&context, request);
  RunHistory history;
  coordinator::v1::RunHistoryPart part;
  while (reader->Read(&part)) {
    if (part.has_chain()) history.chain = part.chain();
    if (!part.has_record()) continue;
    history.records.push_back({std::move(*part.mutable_record()->mutable_record()),
                               std::move(*part.mutable_record()->mutable_hash())});
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return Translate(status);
  return history;
}

absl::Status GrpcCoordinatorClient::WatchRun(const coordinator::v1::WatchRunRequest& request,
                                             const EventSink& sink) {
  // No deadline: a run takes as long as it takes, and keepalive finds a dead connection.
  grpc::ClientContext context;
  {
    const MutexLock lock(mutex_);
    if (stopped_) return absl::CancelledError("watching was stopped");
    watch_ = &context;
  }
  const auto reader = stub_->WatchRun(&context, request);
  coordinator::v1::RunEvent event;
  while (reader->Read(&event)) sink(event);
  const grpc::Status status = reader->Finish();
  const MutexLock lock(mutex_);
  watch_ = nullptr;
  return Translate(status);
}

void GrpcCoordinatorClient::StopWatching() {
  const MutexLock lock(mutex_);
  stopped_ = true;
  if (watch_ != nullptr) watch_->TryCancel();
}

}  // namespace baton::ctl
