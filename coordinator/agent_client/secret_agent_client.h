#pragma once

#include <string>

#include "coordinator/agent_client/agent_client.h"
#include "coordinator/licenses/license_store.h"
#include "coordinator/secrets/secret_store.h"

namespace baton {

// An AgentClient that fills secrets and staged licenses in at the last moment: what a change or a
// probe names is looked up at each send, and is nowhere else before and after. What cannot be read
// is answered as SecretStore::Resolve and LicenseStore::Read say, and nothing is sent; nor is a run
// of a tool that has no value for one of its arguments, which is INVALID_ARGUMENT. Thread-safe.
class SecretAgentClient : public AgentClient {
 public:
  // Borrows all.
  SecretAgentClient(AgentClient& agents, const SecretStore& secrets, const LicenseStore& licenses)
      : agents_(agents), secrets_(secrets), licenses_(licenses) {}

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
  AgentClient& agents_;
  const SecretStore& secrets_;
  const LicenseStore& licenses_;
};

}  // namespace baton
