#include "coordinator/runtime/forgiver.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/runtime/run_rules.h"
#include "google/protobuf/util/time_util.h"

namespace baton {

absl::Status Forgiver::CheckIdle() {
  RETURN_IF_ERROR(book_.damage());
  const std::string active = book_.ActiveRun();
  if (active.empty()) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat("run ", active, " is active, and may change what is owed: let it end first"));
}

absl::StatusOr<plan::v1::Debt> Forgiver::FindDebt(const std::string& host) const {
  for (plan::v1::Debt& debt : debts_()) {
    if (debt.host() == host) return std::move(debt);
  }
  return absl::NotFoundError(absl::StrCat(host, " owes nothing"));
}

// What a Deployment Controller that nobody stopped could do ends with its host's power alone.
absl::StatusOr<std::string> Forgiver::ProveOff(const std::string& host) {
  const FarmHost& entry = *farm_.Find(host);
  if (!entry.fence.has_value()) {
    return absl::FailedPreconditionError(absl::StrCat(
        host,
        " owes its stand-down, and the farm file has no fence for it that could say that it "
        "is off: start it and pay, or give it a fence"));
  }
  const absl::StatusOr<bool> on = fences_.IsOn(*entry.fence, kFenceStatusTimeout);
  if (!on.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(host, " owes its stand-down, and its fence does not say that it is off: ",
                     on.status().message()));
  }
  if (*on) {
    return absl::FailedPreconditionError(
        absl::StrCat(host, " owes its stand-down, and ", entry.fence->agent(),
                     " says that it is on: pay, or turn it off first"));
  }
  return absl::StrCat(entry.fence->agent(), " says that it is off");
}

absl::StatusOr<plan::v1::Debt> Forgiver::WriteOff(
    const coordinator::v1::WriteOffDebtRequest& request, const std::string& actor) {
  if (request.reason().empty()) return absl::InvalidArgumentError("a write-off needs --reason");
  RETURN_IF_ERROR(CheckReasonSize(request.reason()));
  RETURN_IF_ERROR(farm_.CheckHas(request.host()));
  RETURN_IF_ERROR(CheckIdle());
  ASSIGN_OR_RETURN(plan::v1::Debt debt, FindDebt(request.host()));
  std::string reason = request.reason();
  if (debt.stand_down()) {
    ASSIGN_OR_RETURN(const std::string proof, ProveOff(request.host()));
    debt.set_off_proof(proof);
    absl::StrAppend(&reason, " (", proof, ")");
    RETURN_IF_ERROR(CheckIdle());  // the fence took its time
  }
  journal::v1::Record record;
  record.set_actor(actor);
  *record.mutable_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(clock_.Now()));
  journal::v1::DebtSettled& settled = *record.mutable_debt_settled();
  settled.set_host(request.host());
  settled.set_end(journal::v1::DEBT_WRITTEN_OFF);
  settled.set_reason(std::move(reason));
  RETURN_IF_ERROR(book_.Append({std::move(record)}).status());
  return debt;
}

}  // namespace baton
