#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "baton/coordinator/v1/coordinator.grpc.pb.h"
#include "common/rpc/grpc_credentials.h"
#include "common/sync/mutex.h"
#include "coordinator/ctl/coordinator_client.h"

namespace baton::ctl {

// Longest waits for an answer. Requests that observe the farm wait for its slowest host; `adopt`
// talks to every host several times.
inline constexpr absl::Duration kCallTimeout = absl::Seconds(90);
inline constexpr absl::Duration kAdoptTimeout = absl::Seconds(180);
// The whole journal is read for it.
inline constexpr absl::Duration kHistoryTimeout = absl::Minutes(10);

// The Baton coordinator behind a channel. Errors that come from the connection name it.
class GrpcCoordinatorClient : public CoordinatorClient {
 public:
  // `target` is what people call the address. `credentials`, which the channel uses, lives as long
  // as the client; null for a unix socket.
  GrpcCoordinatorClient(std::string target, std::shared_ptr<grpc::Channel> channel,
                        std::unique_ptr<GrpcCredentials> credentials = nullptr);

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
  absl::StatusOr<RunHistory> GetRunHistory(
      const coordinator::v1::GetRunHistoryRequest& request) override;
  absl::Status WatchRun(const coordinator::v1::WatchRunRequest& request,
                        const EventSink& sink) override;
  void StopWatching() override;

 private:
  using Stub = coordinator::v1::Coordinator::Stub;

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, absl::Duration timeout = kCallTimeout);
  absl::Status Translate(const grpc::Status& status) const;

  const std::string target_;
  const std::unique_ptr<GrpcCredentials> credentials_;
  const std::unique_ptr<Stub> stub_;
  Mutex mutex_;
  grpc::ClientContext* watch_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace baton::ctl
