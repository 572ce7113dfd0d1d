#include "coordinator/agent_client/secret_agent_client.h"

#include <utility>

#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusOr<ChangeRequest> Filled(ChangeRequest change, const SecretStore& secrets) {
  if (!change.action.has_rewrite()) return change;
  for (plan::v1::SettingChange& setting : *change.action.mutable_rewrite()->mutable_changes()) {
    if (setting.secret().empty()) continue;
    ASSIGN_OR_RETURN(*setting.mutable_new_value(), secrets.Resolve(setting.secret()));
  }
  return change;
}

absl::StatusOr<agent::v1::ProbeRequest> Filled(agent::v1::ProbeRequest request,
                                               const SecretStore& secrets) {
  for (agent::v1::ProbeTarget& target : *request.mutable_targets()) {
    if (target.amqp().secret().empty()) continue;
    ASSIGN_OR_RETURN(*target.mutable_amqp()->mutable_password(),
                     secrets.Resolve(target.amqp().secret()));
  }
  return request;
}

}  // namespace

void SecretAgentClient::Claim(const std::string& host, const agent::v1::ClaimRequest& request,
                              absl::Duration timeout, Callback<plan::v1::Claim> done) {
  agents_.Claim(host, request, timeout, std::move(done));
}

void SecretAgentClient::GetHost(const std::string& host, const agent::v1::GetHostRequest& request,
                                absl::Duration timeout, Callback<plan::v1::Host> done) {
  agents_.GetHost(host, request, timeout, std::move(done));
}

void SecretAgentClient::Change(const std::string& host, const ChangeRequest& request,
                               absl::Duration timeout, OutputSink output,
                               Callback<plan::v1::Operation> done) {
  const absl::StatusOr<ChangeRequest> filled = Filled(request, secrets_);
  if (!filled.ok()) return done(filled.status());
  agents_.Change(host, *filled, timeout, std::move(output), std::move(done));
}

void SecretAgentClient::Probe(const std::string& host, const agent::v1::ProbeRequest& request,
                              absl::Duration timeout, Callback<agent::v1::ProbeReport> done) {
  const absl::StatusOr<agent::v1::ProbeRequest> filled = Filled(request, secrets_);
  if (!filled.ok()) return done(filled.status());
  agents_.Probe(host, *filled, timeout, std::move(done));
}

}  // namespace baton
