#include "agent/service/agent_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/service/tool_stream.h"
#include "common/rpc/serve.h"

namespace baton {
namespace {

// How soon a handler notices that its caller is gone.
constexpr absl::Duration kLookPeriod = absl::Milliseconds(200);

// What a change must not meet has ended, and does not begin again while this lives.
struct Holds {
  explicit Holds(const AgentService::Parts& parts) : ports(parts.listener), serial(parts.serial) {}

  const ListenRunner::Hold ports;
  const SerialReader::Hold serial;
};

Change NewChange(const plan::v1::Fence& fence) {
  Change change;
  change.fence = fence;
  return change;
}

absl::StatusOr<plan::v1::Operation> Await(AgentRuntime& runtime, grpc::ServerContext& context,
                                          Change change) {
  const Token token = runtime.Submit(std::move(change));
  while (!context.IsCancelled()) {
    std::optional<absl::StatusOr<plan::v1::Operation>> answer = runtime.Wait(token, kLookPeriod);
    if (answer.has_value()) return *std::move(answer);
  }
  runtime.Abandon(token);
  return absl::CancelledError("the caller is gone; the operation goes on");
}

}  // namespace

grpc::Status AgentService::Serve(grpc::ServerContext& context, absl::string_view method,
                                 Change change, plan::v1::Operation& response) {
  return rpc::Serve(context, method, response, [&](const Peer&) {
    const Holds holds(parts_);
    return Await(parts_.runtime, context, std::move(change));
  });
}

grpc::Status AgentService::Claim(grpc::ServerContext* context,
                                 const agent::v1::ClaimRequest* request,
                                 plan::v1::Claim* response) {
  return rpc::Serve(*context, "Claim", *response,
                    [&](const Peer&) { return parts_.runtime.Claim(*request); });
}

grpc::Status AgentService::GetHost(grpc::ServerContext* context,
                                   const agent::v1::GetHostRequest* request,
                                   plan::v1::Host* response) {
  return rpc::Serve(*context, "GetHost", *response, [&](const Peer&) {
    absl::StatusOr<plan::v1::Host> host = parts_.describer.Describe(*request);
    if (host.ok()) parts_.runtime.Describe(*host);
    return host;
  });
}

grpc::Status AgentService::StartService(grpc::ServerContext* context,
                                        const agent::v1::ServiceRequest* request,
                                        plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  change.action.mutable_start_service()->set_service(request->service());
  change.action.mutable_start_service()->set_run_state(plan::v1::RUNNING);
  return Serve(*context, "StartService", std::move(change), *response);
}

grpc::Status AgentService::StopService(grpc::ServerContext* context,
                                       const agent::v1::ServiceRequest* request,
                                       plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  change.action.mutable_stop_service()->set_service(request->service());
  change.action.mutable_stop_service()->set_run_state(plan::v1::STOPPED);
  return Serve(*context, "StopService", std::move(change), *response);
}

grpc::Status AgentService::SetStartupType(grpc::ServerContext* context,
                                          const agent::v1::SetStartupTypeRequest* request,
                                          plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  change.action.mutable_set_startup_type()->set_service(request->service());
  change.action.mutable_set_startup_type()->set_startup_type(request->startup_type());
  return Serve(*context, "SetStartupType", std::move(change), *response);
}

grpc::Status AgentService::RewriteConfiguration(
    grpc::ServerContext* context, const agent::v1::RewriteConfigurationRequest* request,
    plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  *change.action.mutable_rewrite() = request->rewrite();
  return Serve(*context, "RewriteConfiguration", std::move(change), *response);
}

grpc::Status AgentService::RestoreConfiguration(
    grpc::ServerContext* context, const agent::v1::RestoreConfigurationRequest* request,
    plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  *change.action.mutable_restore() = request->restore();
  return Serve(*context, "RestoreConfiguration", std::move(change), *response);
}

grpc::Status AgentService::RunTool(grpc::ServerContext* context,
                                   const agent::v1::RunToolRequest* request,
                                   grpc::ServerWriter<agent::v1::ToolEvent>* writer) {
  return rpc::ServeStream(*context, "RunTool", [&](const Peer&) {
    const Holds holds(parts_);
    return StreamTool(
        parts_.runtime, parts_.tools, *request,
        [&](const agent::v1::ToolEvent& event) {
          return !context->IsCancelled() && writer->Write(event);
        },
        [&] { return context->IsCancelled(); });
  });
}

grpc::Status AgentService::Probe(grpc::ServerContext* context,
                                 const agent::v1::ProbeRequest* request,
                                 agent::v1::ProbeReport* response) {
  return rpc::Serve(*context, "Probe", *response,
                    [&](const Peer&) { return parts_.probes.Probe(*request); });
}

grpc::Status AgentService::Listen(grpc::ServerContext* context,
                                  const agent::v1::ListenRequest* request,
                                  grpc::ServerWriter<agent::v1::ListenReport>* writer) {
  return rpc::ServeStream(*context, "Listen", [&](const Peer&) {
    return parts_.listener.Listen(
        *request, [writer](const agent::v1::ListenReport& report) { return writer->Write(report); },
        [context] { return context->IsCancelled(); });
  });
}

grpc::Status AgentService::SetAssignment(grpc::ServerContext* context,
                                         const agent::v1::SetAssignmentRequest* request,
                                         plan::v1::Operation* response) {
  Change change = NewChange(request->fence());
  change.action.set_set_assignment(request->assignment().state());
  change.assignment = request->assignment();
  return Serve(*context, "SetAssignment", std::move(change), *response);
}

grpc::Status AgentService::GetAssignment(grpc::ServerContext* context,
                                         const agent::v1::GetAssignmentRequest* /*request*/,
                                         plan::v1::Assignment* response) {
  return rpc::Serve(*context, "GetAssignment", *response, [&](const Peer&) {
    return absl::StatusOr<plan::v1::Assignment>(parts_.runtime.assignment());
  });
}

MethodPolicy AgentPolicy() {
  const std::vector<Role> coordinators = {Role::kCoordinator};
  const std::string service = absl::StrCat("/", agent::v1::Agent::service_full_name(), "/");
  return MethodPolicy({{service, coordinators},
                       {std::string(kHealthService), coordinators},
                       {std::string(kReflectionService), coordinators}});
}

}  // namespace baton
