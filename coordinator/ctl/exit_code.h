#pragma once

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "google/protobuf/repeated_field.h"

namespace baton::ctl {

// What `baton` exits with. Scripts depend on the numbers: never change one.
enum class ExitCode : int {
  kDone = 0,      // also: detached, and the run goes on
  kError = 1,     // it could not be tried
  kUsage = 2,     // it was asked in the wrong way
  kRefused = 10,  // refused, nothing changed
  kStopped = 11,  // stopped, something changed
  kWaiting = 12,  // a person is waited for
  kUnknown = 13,  // the Baton coordinator was lost and it is not known what came of the request
};

// What a run that is watched to its end exits with. A run that goes on gives kDone.
ExitCode ExitCodeOf(const plan::v1::Run& run);

// What an error of the Baton coordinator, or of this program, exits with; kDone for ok. Only for
// requests that changed nothing before they failed.
ExitCode ExitCodeOf(const absl::Status& status);

// What findings exit with: kRefused if one of them forbids a run, else kDone.
ExitCode ExitCodeOf(const google::protobuf::RepeatedPtrField<plan::v1::Finding>& findings);

// The finding forbids a run: an error that nobody accepted.
bool Forbids(const plan::v1::Finding& finding);

}  // namespace baton::ctl
