#include "coordinator/procedure/acceptance.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/findings.h"

namespace baton {
namespace {

using plan::v1::Finding;

// INVALID_ARGUMENT, saying why, if a finding of that name cannot be accepted.
absl::Status CheckAcceptable(const std::string& name) {
  const FindingKind* kind = FindFindingKind(name);
  if (kind == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("--accept: no finding is called \"", name, "\""));
  }
  if (kind->acceptable) return absl::OkStatus();
  if (kind->planned != plan::v1::FINDING_ERROR) {
    return absl::InvalidArgumentError(
        absl::StrCat("--accept: ", name, " need not be accepted: it does not refuse a run"));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--accept: ", name, " cannot be accepted. ", kind->matters));
}

}  // namespace

absl::Status AcceptFindings(const plan::v1::ProcedureRequest& request,
                            std::vector<Finding>& findings) {
  if (request.accept_size() > 0 && request.reason().empty()) {
    return absl::InvalidArgumentError("--accept needs --reason");
  }
  std::vector<Finding> unused;
  for (const std::string& name : request.accept()) {
    RETURN_IF_ERROR(CheckAcceptable(name));
    bool found = false;
    for (Finding& finding : findings) {
      if (finding.name() != name) continue;
      finding.set_accepted(true);
      found = true;
    }
    if (found) continue;
    unused.push_back(MakeFinding("acceptance-unused", "",
                                 absl::StrCat(name, " is accepted, and was not found")));
  }
  AddFindings(std::move(unused), findings);
  return absl::OkStatus();
}

}  // namespace baton
