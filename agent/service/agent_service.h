#pragma once

#include <string>

#include "agent/host/host_describer.h"
#include "agent/host/serial_reader.h"
#include "agent/runtime/agent_runtime.h"
#include "agent/service/listen_runner.h"
#include "agent/service/probe_runner.h"
#include "agent/tools/tool_runner.h"
#include "baton/agent/v1/agent.grpc.pb.h"
#include "common/rpc/peer_authorization.h"

namespace baton {

// The API of the agent over gRPC: one statement a method. Who may call what stands in AgentPolicy.
// Thread-safe.
class AgentService final : public agent::v1::Agent::Service {
 public:
  // What the methods need; all must outlive the service.
  struct Parts {
    AgentRuntime& runtime;
    HostDescriber& describer;
    ProbeRunner& probes;
    ListenRunner& listener;
    SerialReader& serial;
    ToolRunner& tools;
  };

  explicit AgentService(const Parts& parts) : parts_(parts) {}

  grpc::Status Claim(grpc::ServerContext* context, const agent::v1::ClaimRequest* request,
                     plan::v1::Claim* response) override;
  grpc::Status GetHost(grpc::ServerContext* context, const agent::v1::GetHostRequest* request,
                       plan::v1::Host* response) override;
  grpc::Status StartService(grpc::ServerContext* context, const agent::v1::ServiceRequest* request,
                            plan::v1::Operation* response) override;
  grpc::Status StopService(grpc::ServerContext* context, const agent::v1::ServiceRequest* request,
                           plan::v1::Operation* response) override;
  grpc::Status SetStartupType(grpc::ServerContext* context,
                              const agent::v1::SetStartupTypeRequest* request,
                              plan::v1::Operation* response) override;
  grpc::Status RewriteConfiguration(grpc::ServerContext* context,
                                    const agent::v1::RewriteConfigurationRequest* request,
                                    plan::v1::Operation* response) override;
  grpc::Status RestoreConfiguration(grpc::ServerContext* context,
                                    const agent::v1::RestoreConfigurationRequest* request,
                                    plan::v1::Operation* response) override;
  grpc::Status RunTool(grpc::ServerContext* context, const agent::v1::RunToolRequest* request,
                       grpc::ServerWriter<agent::v1::ToolEvent>* writer) override;
  grpc::Status Probe(grpc::ServerContext* context, const agent::v1::ProbeRequest* request,
                     agent::v1::ProbeReport* response) override;
  grpc::Status Listen(grpc::ServerContext* context, const agent::v1::ListenRequest* request,
                      grpc::ServerWriter<agent::v1::ListenReport>* writer) override;
  grpc::Status SetAssignment(grpc::ServerContext* context,
                             const agent::v1::SetAssignmentRequest* request,
                             plan::v1::Operation* response) override;
  grpc::Status GetAssignment(grpc::ServerContext* context,
                             const agent::v1::GetAssignmentRequest* request,
                             plan::v1::Assignment* response) override;

 private:
  // Every changing method but RunTool: submits and waits for the end, or until the caller is gone.
  grpc::Status Serve(grpc::ServerContext& context, absl::string_view method, Change change,
                     plan::v1::Operation& response);

  const Parts parts_;
};

// Who may call which method of an agent.
MethodPolicy AgentPolicy();

}  // namespace baton
