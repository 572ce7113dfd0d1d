#pragma once

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>

#include "baton/agent/v1/agent.grpc.pb.h"
#include "common/rpc/grpc_credentials.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/agent_client/grpc_live_calls.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// The production AgentClient: one channel a host, mutual TLS, the agent's name checked in its
// certificate. The destructor cancels what is under way and waits for its callbacks.
class GrpcAgentClient : public AgentClient {
 public:
  // Channels connect when first used. `credentials` must outlive the client.
  GrpcAgentClient(const FarmFile& farm, const GrpcCredentials& credentials);
  ~GrpcAgentClient() override;

  void Claim(const std::string& host, const agent::v1::ClaimRequest& request,
             absl::Duration timeout, Callback<plan::v1::Claim> done) override;
  void GetHost(const std::string& host, const agent::v1::GetHostRequest& request,
               absl::Duration timeout, Callback<plan::v1::Host> done) override;
  void Change(const std::string& host, const ChangeRequest& request, absl::Duration timeout,
              OutputSink output, Callback<plan::v1::Operation> done) override;
  void Probe(const std::string& host, const agent::v1::ProbeRequest& request,
             absl::Duration timeout, Callback<agent::v1::ProbeReport> done) override;
  Cancel Listen(const std::string& host, const agent::v1::ListenRequest& request,
                absl::Duration timeout, Callback<agent::v1::ListenReport> listens) override;

 private:
  // The agent of one host.
  struct Agent {
    std::string address;
    std::unique_ptr<agent::v1::Agent::Stub> stub;
  };

  // Starts a unary call; `method` is a member of the stub's async interface.
  template <typename Request, typename Response, typename Method>
  void Call(const std::string& host, absl::string_view what, const Request& request,
            absl::Duration timeout, Method method, Callback<Response> done);

  absl::StatusOr<Agent*> Find(const std::string& host);

  std::map<std::string, Agent> agents_;
  LiveCalls live_calls_;
};

}  // namespace baton
