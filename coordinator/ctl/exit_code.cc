#include "coordinator/ctl/exit_code.h"

#include <algorithm>

namespace baton::ctl {

ExitCode ExitCodeOf(const plan::v1::Run& run) {
  switch (run.phase()) {
    case plan::v1::RUN_WAITING:
      return ExitCode::kWaiting;
    case plan::v1::RUN_PAUSED:
    case plan::v1::RUN_STOPPED:
    case plan::v1::RUN_CANCELLED:
      return run.changed() ? ExitCode::kStopped : ExitCode::kRefused;
    default:
      return ExitCode::kDone;
  }
}

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kUnimplemented:
      return ExitCode::kRefused;
    default:
      return ExitCode::kError;
  }
}

ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<plan::v1::Finding>& findings) {
  const bool forbidden = std::any_of(findings.begin(), findings.end(), Forbids);
  return forbidden ? ExitCode::kRefused : ExitCode::kDone;
}

bool Forbids(const plan::v1::Finding& finding) {
  return finding.level() == plan::v1::FINDING_ERROR && !finding.accepted();
}

}  // namespace baton::ctl
