#include "coordinator/service/coordinator_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/serve.h"
#include "common/status/status_macros.h"
#include "coordinator/runtime/replayer.h"
#include "coordinator/runtime/run_history.h"
#include "coordinator/service/run_watch.h"

namespace baton {
namespace {

constexpr uint32_t kPageSizeDefault = 100;
constexpr uint32_t kPageSizeMax = 1000;

absl::StatusOr<plan::v1::Run> WholeRun(RunBook& book, const std::string& run) {
  ASSIGN_OR_RETURN(const engine::RunState state, book.Replay(run));
  plan::v1::Run whole = state.run();
  whole.set_undone_by(book.UndoneBy(run));
  return whole;
}

coordinator::v1::ListRunsResponse List(RunBook& book,
                                       const coordinator::v1::ListRunsRequest& request) {
  const uint32_t wanted = request.page_size() == 0 ? kPageSizeDefault : request.page_size();
  coordinator::v1::ListRunsResponse response;
  for (plan::v1::Run& run : book.List(std::min(wanted, kPageSizeMax), request.before_run())) {
    *response.add_runs() = std::move(run);
  }
  return response;
}

coordinator::v1::SecretsReport Report(const SecretStore& secrets, const std::string& farm_id) {
  coordinator::v1::SecretsReport report;
  report.set_farm_id(farm_id);
  for (plan::v1::SecretCheck& check : secrets.Test()) *report.add_secrets() = std::move(check);
  return report;
}

}  // namespace

using rpc::Serve;

grpc::Status CoordinatorService::GetFarm(grpc::ServerContext* context,
                                         const coordinator::v1::GetFarmRequest* /*request*/,
                                         coordinator::v1::Farm* response) {
  return Serve(*context, "GetFarm", *response, [&](const Peer&) {
    return absl::StatusOr<coordinator::v1::Farm>(parts_.view.GetFarm());
  });
}

grpc::Status CoordinatorService::CheckReadiness(
    grpc::ServerContext* context, const coordinator::v1::CheckReadinessRequest* request,
    coordinator::v1::Readiness* response) {
  return Serve(*context, "CheckReadiness", *response,
               [&](const Peer&) { return parts_.view.CheckReadiness(*request); });
}

grpc::Status CoordinatorService::CreatePlan(grpc::ServerContext* context,
                                            const coordinator::v1::CreatePlanRequest* request,
                                            plan::v1::Plan* response) {
  return Serve(*context, "CreatePlan", *response,
               [&](const Peer& peer) { return parts_.view.CreatePlan(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::GetPlan(grpc::ServerContext* context,
                                         const coordinator::v1::GetPlanRequest* request,
                                         plan::v1::Plan* response) {
  return Serve(*context, "GetPlan", *response,
               [&](const Peer&) { return parts_.journal.LoadPlan(request->plan_id()); });
}

grpc::Status CoordinatorService::StartRun(grpc::ServerContext* context,
                                          const coordinator::v1::StartRunRequest* request,
                                          plan::v1::Run* response) {
  return Serve(*context, "StartRun", *response,
               [&](const Peer& peer) { return parts_.control.Start(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::GetRun(grpc::ServerContext* context,
                                        const coordinator::v1::GetRunRequest* request,
                                        plan::v1::Run* response) {
  return Serve(*context, "GetRun", *response,
               [&](const Peer&) { return WholeRun(parts_.book, request->run()); });
}

grpc::Status CoordinatorService::ListRuns(grpc::ServerContext* context,
                                          const coordinator::v1::ListRunsRequest* request,
                                          coordinator::v1::ListRunsResponse* response) {
  return Serve(*context, "ListRuns", *response, [&](const Peer&) {
    return absl::StatusOr<coordinator::v1::ListRunsResponse>(List(parts_.book, *request));
  });
}

grpc::Status CoordinatorService::WatchRun(grpc::ServerContext* context,
                                          const coordinator::v1::WatchRunRequest* request,
                                          grpc::ServerWriter<coordinator::v1::RunEvent>* writer) {
  return rpc::ServeStream(*context, "WatchRun", [&](const Peer&) {
    return WatchRunEvents(
        parts_.book, parts_.control, parts_.output, *request,
        [&](const coordinator::v1::RunEvent& event) {
          return !context->IsCancelled() && writer->Write(event);
        },
        [&] { return context->IsCancelled(); });
  });
}

grpc::Status CoordinatorService::GetRunHistory(
    grpc::ServerContext* context, const coordinator::v1::GetRunHistoryRequest* request,
    grpc::ServerWriter<coordinator::v1::RunHistoryPart>* writer) {
  return rpc::ServeStream(*context, "GetRunHistory", [&](const Peer&) {
    return WriteRunHistory(parts_.book, parts_.journal, *request,
                           [&](const coordinator::v1::RunHistoryPart& part) {
                             return !context->IsCancelled() && writer->Write(part);
                           });
  });
}

grpc::Status CoordinatorService::PauseRun(grpc::ServerContext* context,
                                          const coordinator::v1::StopRunRequest* request,
                                          plan::v1::Run* response) {
  return Serve(*context, "PauseRun", *response, [&](const Peer& peer) {
    return parts_.control.Stop(*request, /*cancel=*/false, peer.Actor());
  });
}

grpc::Status CoordinatorService::CancelRun(grpc::ServerContext* context,
                                           const coordinator::v1::StopRunRequest* request,
                                           plan::v1::Run* response) {
  return Serve(*context, "CancelRun", *response, [&](const Peer& peer) {
    return parts_.control.Stop(*request, /*cancel=*/true, peer.Actor());
  });
}

grpc::Status CoordinatorService::ResumeRun(grpc::ServerContext* context,
                                           const coordinator::v1::ResumeRunRequest* request,
                                           plan::v1::Run* response) {
  return Serve(*context, "ResumeRun", *response,
               [&](const Peer& peer) { return parts_.control.Resume(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::AnswerGate(grpc::ServerContext* context,
                                            const coordinator::v1::AnswerGateRequest* request,
                                            plan::v1::Run* response) {
  return Serve(*context, "AnswerGate", *response,
               [&](const Peer& peer) { return parts_.control.Answer(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::Adopt(grpc::ServerContext* context,
                                       const coordinator::v1::AdoptRequest* request,
                                       plan::v1::Assignment* response) {
  return Serve(*context, "Adopt", *response,
               [&](const Peer& peer) { return parts_.adopter.Adopt(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::TestSecrets(grpc::ServerContext* context,
                                             const coordinator::v1::TestSecretsRequest* /*request*/,
                                             coordinator::v1::SecretsReport* response) {
  return Serve(*context, "TestSecrets", *response, [&](const Peer&) {
    return absl::StatusOr<coordinator::v1::SecretsReport>(
        Report(parts_.secrets, parts_.version.farm_id()));
  });
}

grpc::Status CoordinatorService::WriteOffDebt(grpc::ServerContext* context,
                                              const coordinator::v1::WriteOffDebtRequest* request,
                                              plan::v1::Debt* response) {
  return Serve(*context, "WriteOffDebt", *response,
               [&](const Peer& peer) { return parts_.forgiver.WriteOff(*request, peer.Actor()); });
}

grpc::Status CoordinatorService::ReplayRun(grpc::ServerContext* context,
                                           const coordinator::v1::ReplayRunRequest* request,
                                           coordinator::v1::ReplayReport* response) {
  return Serve(*context, "ReplayRun", *response, [&](const Peer&) {
    return baton::ReplayRun(parts_.book, parts_.version.farm_id(), request->run());
  });
}

grpc::Status CoordinatorService::GetAssignment(
    grpc::ServerContext* context, const coordinator::v1::GetAssignmentRequest* /*request*/,
    plan::v1::Assignment* response) {
  return Serve(*context, "GetAssignment", *response, [&](const Peer&) {
    return absl::StatusOr<plan::v1::Assignment>(parts_.book.NewestAssignment());
  });
}

grpc::Status CoordinatorService::GetVersion(grpc::ServerContext* context,
                                            const coordinator::v1::GetVersionRequest* /*request*/,
                                            coordinator::v1::Version* response) {
  return Serve(*context, "GetVersion", *response, [&](const Peer&) {
    return absl::StatusOr<coordinator::v1::Version>(parts_.version);
  });
}

MethodPolicy CoordinatorPolicy() {
  const std::vector<Role> everybody = {Role::kOperator, Role::kViewer};
  const std::vector<Role> operators = {Role::kOperator};
  const std::string service = absl::StrCat("/", coordinator::v1::Coordinator::service_full_name());
  std::vector<MethodRule> rules = {{std::string(kHealthService), everybody},
                                   {std::string(kReflectionService), everybody}};
  for (const char* method :
       {"GetFarm", "CheckReadiness", "CreatePlan", "GetPlan", "GetRun", "ListRuns", "WatchRun",
        "GetRunHistory", "TestSecrets", "ReplayRun", "GetVersion"}) {
    rules.push_back({absl::StrCat(service, "/", method), everybody});
  }
  for (const char* method :
       {"StartRun", "PauseRun", "CancelRun", "ResumeRun", "AnswerGate", "Adopt", "WriteOffDebt"}) {
    rules.push_back({absl::StrCat(service, "/", method), operators});
  }
  rules.push_back(
      {absl::StrCat(service, "/GetAssignment"), {Role::kOperator, Role::kViewer, Role::kAgent}});
  return MethodPolicy(std::move(rules));
}

}  // namespace baton
