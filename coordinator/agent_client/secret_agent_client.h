#pragma once

#include <string>

#include "coordinator/agent_client/agent_client.h"
#include "coordinator/secrets/secret_store.h"

namespace baton {

// An AgentClient that fills secrets in at the last moment: what a change or a probe names by
// `secret` is looked up at each send, and is nowhere else before and after. A secret that cannot be
// read is answered as SecretStore::Resolve says, and nothing is sent. Thread-safe.
class SecretAgentClient : public AgentClient {
 public:
  // Borrows both.
  SecretAgentClient(AgentClient& agents, const SecretStore& secrets)
      : agents_(agents), secrets_(secrets) {}

  void Claim(const std::string& host, const agent::v1::ClaimRequest& request,
             absl::Duration timeout, Callback<plan::v1::Claim> done) override;
  void GetHost(const std::string& host, const agent::v1::GetHostRequest& request,
               absl::Duration timeout, Callback<plan::v1::Host> done) override;
  void Change(const std::string& host, const ChangeRequest& request, absl::Duration timeout,
              OutputSink output, Callback<plan::v1::Operation> done) override;
  void Probe(const std::string& host, const agent::v1::ProbeRequest& request,
             absl::Duration timeout, Callback<agent::v1::ProbeReport> done) override;

 private:
  AgentClient& agents_;
  const SecretStore& secrets_;
};

}  // namespace baton
