#include "coordinator/procedure/emergency_request.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

using plan::v1::LostHost;
using plan::v1::ProcedureRequest;

absl::Status Invalid(std::string words) { return absl::InvalidArgumentError(words); }

absl::Status CheckPolicy(const LostHost& lost) {
  if (!plan::v1::OnLost_IsValid(lost.on_lost())) {
    return Invalid(absl::StrCat("--on-lost ", lost.host(), ": this version has no such policy; it ",
                                "has block, fence, confirm-off and owe"));
  }
  if (!lost.confirmed_off() || lost.on_lost() == plan::v1::ON_LOST_CONFIRM_OFF) {
    return absl::OkStatus();
  }
  return Invalid(absl::StrCat("--confirmed-off ", lost.host(), " goes with --on-lost ", lost.host(),
                              "=confirm-off, and with no other policy"));
}

absl::Status CheckLost(const FarmFile& file, const ProcedureRequest& request,
                       const LostHost& lost) {
  RETURN_IF_ERROR(file.CheckHas(lost.host()));
  const auto same = [&lost](const LostHost& other) { return other.host() == lost.host(); };
  if (absl::c_count_if(request.lost(), same) > 1) {
    return Invalid(absl::StrCat("--lost ", lost.host(), " is named twice"));
  }
  if (lost.host() == request.to()) {
    return Invalid(absl::StrCat(lost.host(), " is named lost, and shall get the Deployment ",
                                "Controller: name another host with --to"));
  }
  if (absl::c_linear_search(request.activate(), lost.host())) {
    return Invalid(absl::StrCat(lost.host(),
                                " is named lost, and shall become active: a host that ",
                                "is lost can only be deactivated"));
  }
  return CheckPolicy(lost);
}

}  // namespace

absl::Status CheckEmergency(const FarmFile& file, const ProcedureRequest& request) {
  const bool asked = request.emergency() || !request.lost().empty();
  if (asked && (!request.undoes().empty() || !request.fails_back().empty())) {
    return Invalid(
        "an undo or a failback does without no host: it takes no --emergency and no "
        "--lost; a move to another host does");
  }
  if (!request.emergency()) {
    return asked ? Invalid("--lost needs --emergency and --reason") : absl::OkStatus();
  }
  if (request.reason().empty()) return Invalid("--emergency needs --reason");
  if (request.lost().empty()) {
    return Invalid("--emergency needs --lost HOST, once for each host that the run does without");
  }
  for (const LostHost& lost : request.lost()) RETURN_IF_ERROR(CheckLost(file, request, lost));
  return absl::OkStatus();
}

absl::Status CheckPay(const FarmFile& file, const ProcedureRequest& request) {
  const bool contradicts =
      request.procedure() != plan::v1::PROCEDURE_UNSPECIFIED || !request.to().empty() ||
      !request.activate().empty() || !request.deactivate().empty() ||
      request.republish() != plan::v1::REPUBLISH_POLICY_UNSPECIFIED || !request.undoes().empty() ||
      !request.fails_back().empty() || request.emergency() || !request.lost().empty();
  if (contradicts) {
    return Invalid(
        "paying a debt takes a host and a reason: what is to be done there follows from "
        "the assignment, and takes no procedure, no other host and no --lost");
  }
  return file.CheckHas(request.pays());
}

}  // namespace baton
