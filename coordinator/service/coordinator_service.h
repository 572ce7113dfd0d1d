#pragma once

#include <string>

#include "baton/coordinator/v1/coordinator.grpc.pb.h"
#include "common/rpc/peer_authorization.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/adopter.h"
#include "coordinator/runtime/farm_view.h"
#include "coordinator/runtime/forgiver.h"
#include "coordinator/runtime/output_feed.h"
#include "coordinator/runtime/run_book.h"
#include "coordinator/runtime/run_control.h"
#include "coordinator/secrets/secret_store.h"

namespace baton {

// The API of the coordinator over gRPC: one statement a method. Who may call what stands in
// CoordinatorPolicy. Thread-safe.
class CoordinatorService final : public coordinator::v1::Coordinator::Service {
 public:
  // What the methods need; all must outlive the service.
  struct Parts {
    FarmView& view;
    RunControl& control;
    Adopter& adopter;
    Forgiver& forgiver;
    RunBook& book;
    Journal& journal;
    OutputFeed& output;
    const SecretStore& secrets;
    coordinator::v1::Version version;
  };

  explicit CoordinatorService(const Parts& parts) : parts_(parts) {}

  grpc::Status GetFarm(grpc::ServerContext* context, const coordinator::v1::GetFarmRequest* request,
                       coordinator::v1::Farm* response) override;
  grpc::Status CheckReadiness(grpc::ServerContext* context,
                              const coordinator::v1::CheckReadinessRequest* request,
                              coordinator::v1::Readiness* response) override;
  grpc::Status CreatePlan(grpc::ServerContext* context,
                          const coordinator::v1::CreatePlanRequest* request,
                          plan::v1::Plan* response) override;
  grpc::Status GetPlan(grpc::ServerContext* context, const coordinator::v1::GetPlanRequest* request,
                       plan::v1::Plan* response) override;
  grpc::Status StartRun(grpc::ServerContext* context,
                        const coordinator::v1::StartRunRequest* request,
                        plan::v1::Run* response) override;
  grpc::Status GetRun(grpc::ServerContext* context, const coordinator::v1::GetRunRequest* request,
                      plan::v1::Run* response) override;
  grpc::Status ListRuns(grpc::ServerContext* context,
                        const coordinator::v1::ListRunsRequest* request,
                        coordinator::v1::ListRunsResponse* response) override;
  grpc::Status WatchRun(grpc::ServerContext* context,
                        const coordinator::v1::WatchRunRequest* request,
                        grpc::ServerWriter<coordinator::v1::RunEvent>* writer) override;
  grpc::Status GetRunHistory(grpc::ServerContext* context,
                             const coordinator::v1::GetRunHistoryRequest* request,
                             grpc::ServerWriter<coordinator::v1::RunHistoryPart>* writer) override;
  grpc::Status PauseRun(grpc::ServerContext* context,
                        const coordinator::v1::StopRunRequest* request,
                        plan::v1::Run* response) override;
  grpc::Status CancelRun(grpc::ServerContext* context,
                         const coordinator::v1::StopRunRequest* request,
                         plan::v1::Run* response) override;
  grpc::Status ResumeRun(grpc::ServerContext* context,
                         const coordinator::v1::ResumeRunRequest* request,
                         plan::v1::Run* response) override;
  grpc::Status AnswerGate(grpc::ServerContext* context,
                          const coordinator::v1::AnswerGateRequest* request,
                          plan::v1::Run* response) override;
  grpc::Status Adopt(grpc::ServerContext* context, const coordinator::v1::AdoptRequest* request,
                     plan::v1::Assignment* response) override;
  grpc::Status TestSecrets(grpc::ServerContext* context,
                           const coordinator::v1::TestSecretsRequest* request,
                           coordinator::v1::SecretsReport* response) override;
  grpc::Status WriteOffDebt(grpc::ServerContext* context,
                            const coordinator::v1::WriteOffDebtRequest* request,
                            plan::v1::Debt* response) override;
  grpc::Status ReplayRun(grpc::ServerContext* context,
                         const coordinator::v1::ReplayRunRequest* request,
                         coordinator::v1::ReplayReport* response) override;
  grpc::Status GetAssignment(grpc::ServerContext* context,
                             const coordinator::v1::GetAssignmentRequest* request,
                             plan::v1::Assignment* response) override;
  grpc::Status GetVersion(grpc::ServerContext* context,
                          const coordinator::v1::GetVersionRequest* request,
                          coordinator::v1::Version* response) override;

 private:
  const Parts parts_;
};

// Who may call which method of the coordinator.
MethodPolicy CoordinatorPolicy();

}  // namespace baton
