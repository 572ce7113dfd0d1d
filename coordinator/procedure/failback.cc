#include "coordinator/procedure/failback.h"

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {

absl::StatusOr<plan::v1::ProcedureRequest> ResolveFailback(
    const plan::v1::ProcedureRequest& request, const FormerRun& former) {
  RETURN_IF_ERROR(CheckFailback(former));
  if (request.reason().empty()) return absl::InvalidArgumentError("a failback needs --reason");
  const plan::v1::Plan& before = former.run.plan();
  plan::v1::ProcedureRequest resolved = request;
  resolved.set_procedure(before.request().procedure());
  // Groups that changed change back; a move goes to where the role came from.
  *resolved.mutable_activate() = before.request().deactivate();
  *resolved.mutable_deactivate() = before.request().activate();
  resolved.set_to(before.new_controller().empty() ? "" : before.old_controller());
  const bool other_procedure = request.procedure() != plan::v1::PROCEDURE_UNSPECIFIED &&
                               request.procedure() != resolved.procedure();
  const bool other_host = !request.to().empty() && request.to() != resolved.to();
  if (!other_procedure && !other_host) return resolved;
  return absl::InvalidArgumentError(absl::StrCat("a failback takes procedure and host from run ",
                                                 former.run.run(), " and takes no others"));
}

}  // namespace baton
