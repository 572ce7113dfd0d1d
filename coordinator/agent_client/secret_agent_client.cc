#include "coordinator/agent_client/secret_agent_client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusOr<std::string> ReadLicense(const ChangeRequest& change, const std::string& serial,
                                        const LicenseStore& licenses) {
  for (const plan::v1::StagedLicense& planned : change.licenses) {
    if (planned.serial() == serial) return licenses.Read(planned);
  }
  return absl::InvalidArgumentError(absl::StrCat("the plan saw no license for serial ", serial));
}

bool HasValue(const ChangeRequest& change, const std::string& name) {
  return std::any_of(change.values.begin(), change.values.end(),
                     [&name](const agent::v1::ToolValue& value) { return value.name() == name; });
}

// Adds what neither plan nor journal holds, and sees to it that nothing is missing then.
absl::Status AddValues(const SecretStore& secrets, const LicenseStore& licenses,
                       ChangeRequest& change) {
  for (const plan::v1::ToolArgument& argument : change.action.arguments()) {
    agent::v1::ToolValue value;
    value.set_name(argument.name());
    if (argument.source_case() == plan::v1::ToolArgument::kSecret) {
      ASSIGN_OR_RETURN(*value.mutable_secret(), secrets.Resolve(argument.secret()));
      change.values.push_back(std::move(value));
    } else if (argument.source_case() == plan::v1::ToolArgument::kLicenseSerial) {
      ASSIGN_OR_RETURN(*value.mutable_file(),
                       ReadLicense(change, argument.license_serial(), licenses));
      change.values.push_back(std::move(value));
    } else if (!HasValue(change, argument.name())) {
      return absl::InvalidArgumentError(absl::StrCat("there is no ", argument.name(), ": gate ",
                                                     argument.gate().step(), " brought none"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ChangeRequest> Filled(ChangeRequest change, const SecretStore& secrets,
                                     const LicenseStore& licenses) {
  RETURN_IF_ERROR(AddValues(secrets, licenses, change));
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
  const absl::StatusOr<ChangeRequest> filled = Filled(request, secrets_, licenses_);
  if (!filled.ok()) return done(filled.status());
  agents_.Change(host, *filled, timeout, std::move(output), std::move(done));
}

void SecretAgentClient::Probe(const std::string& host, const agent::v1::ProbeRequest& request,
                              absl::Duration timeout, Callback<agent::v1::ProbeReport> done) {
  const absl::StatusOr<agent::v1::ProbeRequest> filled = Filled(request, secrets_);
  if (!filled.ok()) return done(filled.status());
  agents_.Probe(host, *filled, timeout, std::move(done));
}

AgentClient::Cancel SecretAgentClient::Listen(const std::string& host,
                                              const agent::v1::ListenRequest& request,
                                              absl::Duration timeout,
                                              Callback<agent::v1::ListenReport> listens) {
  return agents_.Listen(host, request, timeout, std::move(listens));
}

}  // namespace baton
