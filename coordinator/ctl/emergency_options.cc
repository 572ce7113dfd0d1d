#include "coordinator/ctl/emergency_options.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton::ctl {
namespace {

using plan::v1::LostHost;
using plan::v1::ProcedureRequest;

LostHost* FindLost(ProcedureRequest& request, absl::string_view host) {
  for (LostHost& lost : *request.mutable_lost()) {
    if (lost.host() == host) return &lost;
  }
  return nullptr;
}

absl::StatusOr<LostHost*> LostBy(absl::string_view option, const std::string& host,
                                 ProcedureRequest& request) {
  LostHost* lost = FindLost(request, host);
  if (lost != nullptr) return lost;
  return absl::InvalidArgumentError(
      absl::StrCat(option, " names \"", host, "\", which is not lost: add --lost ", host));
}

// "fe1=owe".
absl::Status AddPolicy(const std::string& word, ProcedureRequest& request) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--on-lost \"", word, "\": it takes HOST=POLICY, for example ", word,
                     "=owe; policies are block, fence, confirm-off and owe"));
  }
  const std::string host = word.substr(0, equals);
  ASSIGN_OR_RETURN(LostHost * lost, LostBy("--on-lost", host, request));
  const absl::StatusOr<plan::v1::OnLost> policy = ParseOnLost(word.substr(equals + 1));
  if (!policy.ok()) return Annotate(policy.status(), absl::StrCat("--on-lost ", host));
  if (lost->on_lost() != plan::v1::ON_LOST_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        absl::StrCat("--on-lost says twice what is done about ", host, ": say it once"));
  }
  lost->set_on_lost(*policy);
  return absl::OkStatus();
}

absl::Status AddConfirmation(const std::string& host, ProcedureRequest& request) {
  ASSIGN_OR_RETURN(LostHost * lost, LostBy("--confirmed-off", host, request));
  const bool other = lost->on_lost() != plan::v1::ON_LOST_UNSPECIFIED &&
                     lost->on_lost() != plan::v1::ON_LOST_CONFIRM_OFF;
  if (other) {
    return absl::InvalidArgumentError(
        absl::StrCat("--confirmed-off ", host, " means --on-lost ", host,
                     "=confirm-off, not =", Word(lost->on_lost()), ": leave one of them out"));
  }
  lost->set_on_lost(plan::v1::ON_LOST_CONFIRM_OFF);
  lost->set_confirmed_off(true);
  return absl::OkStatus();
}

}  // namespace

std::vector<Argument> EmergencyArguments() {
  return {
      {"--emergency", "go without the hosts that --lost names; needs --reason",
       &Options::emergency},
      {"--lost", "HOST that the run does without, one or more; only with --emergency",
       &Options::lost},
      {"--on-lost",
       "POLICY as HOST=block|fence|confirm-off|owe: what is done if that lost host may have the "
       "Deployment Controller; block unless said",
       &Options::on_lost},
      {"--confirmed-off", "HOST that you have made sure is off; means --on-lost HOST=confirm-off",
       &Options::confirmed_off},
  };
}

absl::Status AddEmergencyOptions(const Options& options, ProcedureRequest& request) {
  request.set_emergency(options.emergency);
  for (const std::string& host : options.lost) {
    if (FindLost(request, host) == nullptr) request.add_lost()->set_host(host);
  }
  for (const std::string& word : options.on_lost) RETURN_IF_ERROR(AddPolicy(word, request));
  for (const std::string& host : options.confirmed_off) {
    RETURN_IF_ERROR(AddConfirmation(host, request));
  }
  return absl::OkStatus();
}

}  // namespace baton::ctl
