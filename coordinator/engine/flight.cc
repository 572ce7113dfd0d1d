#include "coordinator/engine/flight.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "coordinator/fences/fence_runner.h"
#include "coordinator/procedure/evidence_words.h"
#include "google/protobuf/util/time_util.h"

namespace baton::engine {
namespace {

// The agent reported success.
Outcome AfterSuccess(const Flight& flight, const Check& check) {
  switch (check.proof) {
    case Proof::kHolds:
      return {plan::v1::SUCCEEDED, check.detail};
    case Proof::kDoesNotHold:
      return {plan::v1::STEP_FAILED,
              absl::StrCat("the agent reported success, but read-back finds: ", check.detail)};
    case Proof::kCannotTell:
      return {plan::v1::SUCCEEDED, flight.operation->detail()};
  }
  return {};
}

// The agent reported that time ran out, or no report could be had.
Outcome AfterDoubt(const Flight& flight, const Check& check) {
  const std::string doubt =
      flight.operation.has_value() ? flight.operation->detail() : flight.last_words;
  switch (check.proof) {
    case Proof::kHolds:
      return {plan::v1::SUCCEEDED, absl::StrCat(check.detail, " (read back after: ", doubt, ")")};
    case Proof::kDoesNotHold:
      // Without a report the agent may still be at it, or act on a late request.
      return {flight.operation.has_value() ? plan::v1::STEP_FAILED : plan::v1::UNKNOWN,
              absl::StrCat(doubt, "; read back: ", check.detail)};
    case Proof::kCannotTell:
      return {plan::v1::UNKNOWN,
              absl::StrCat(doubt, "; nothing that can be read tells what came of it")};
  }
  return {};
}

}  // namespace

CallError Classify(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:
      return CallError::kFenced;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      return CallError::kRefused;
    default:
      return CallError::kAgain;
  }
}

bool LeavesDoubt(const absl::Status& status) {
  return Classify(status) == CallError::kAgain && status.code() != absl::StatusCode::kAborted &&
         status.code() != absl::StatusCode::kResourceExhausted;
}

absl::Duration RetryDelay(int tries) {
  const int doublings = std::min(tries, 10);
  return std::min(kRetryDelayMin * (1 << doublings), kRetryDelayMax);
}

Outcome Decide(const Flight& flight, bool changes, const Check& check) {
  if (changes) {
    const bool success =
        flight.operation.has_value() && flight.operation->state() == plan::v1::OPERATION_SUCCEEDED;
    return success ? AfterSuccess(flight, check) : AfterDoubt(flight, check);
  }
  if (check.proof == Proof::kHolds) return {plan::v1::SUCCEEDED, check.detail};
  // What only reads may look again until its time is over: ports open and pages come up late.
  if (!flight.overdue) return {plan::v1::PENDING, check.detail};
  return {plan::v1::STEP_FAILED, check.detail};
}

absl::Duration LengthOf(const google::protobuf::Duration& duration) {
  return absl::Nanoseconds(google::protobuf::util::TimeUtil::DurationToNanoseconds(duration));
}

// What `off` itself said does not matter where the host is seen to be off.
Outcome JudgeFence(const absl::StatusOr<journal::v1::FenceResult>& result) {
  if (!result.ok()) {
    return {plan::v1::STEP_FAILED, absl::StrCat("it was not started: ", result.status().message())};
  }
  const std::string status = absl::StrCat("status says ", HookWords(result->status()));
  if (IsOff(*result)) return {plan::v1::SUCCEEDED, absl::StrCat("the host is off: ", status)};
  return {plan::v1::STEP_FAILED, absl::StrCat("the host is not known to be off: off ended with ",
                                              HookWords(result->off()), "; ", status)};
}

Outcome JudgeHook(const absl::StatusOr<journal::v1::HookResult>& result) {
  if (!result.ok()) {
    return {plan::v1::STEP_FAILED, absl::StrCat("it was not started: ", result.status().message())};
  }
  const bool success = !result->timed_out() && result->signal() == 0 && result->exit_code() == 0;
  return {success ? plan::v1::SUCCEEDED : plan::v1::STEP_FAILED, HookWords(*result)};
}

}  // namespace baton::engine
