#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/procedure/postcondition.h"
#include "google/protobuf/duration.pb.h"

namespace baton::engine {

// Limits of the engine. All of them are attempts or times of a call; how long a step may take in
// all stands in the plan.
inline constexpr int kClaimTries = 3;
inline constexpr int kReadBackTries = 5;
inline constexpr absl::Duration kRetryDelayMin = absl::Milliseconds(100);
inline constexpr absl::Duration kRetryDelayMax = absl::Seconds(5);
inline constexpr absl::Duration kAlivePeriod = absl::Minutes(1);
// How long a hook whose time is over may take to be ended.
inline constexpr absl::Duration kHookGrace = absl::Seconds(30);

// A step under way, as far as no record tells: who is waited for, and what was heard. It is lost
// when the coordinator dies, and nothing depends on it.
struct Flight {
  size_t step = 0;
  bool reading = false;         // the change was answered or given up; now it is read back
  uint64_t call = 0;            // the call that is waited for; 0 for none
  uint64_t retry_timer = 0;     // the timer after which it is tried again; 0 for none
  uint64_t deadline_timer = 0;  // the step's own limit
  int tries = 0;                // of the present call
  bool overdue = false;         // the step's limit has passed
  bool ambiguous = false;       // it may have taken effect, and no operation of an agent says so
  std::optional<plan::v1::Operation> operation;  // as the agent reported it, once ended
  std::string last_words;  // of the last call that failed or check that did not hold
};

// What an RPC error means for a change.
enum class CallError {
  kAgain,   // send the same id again
  kFenced,  // the agent holds another claim, or knows better
  kRefused  // it will never be accepted as it is
};
CallError Classify(const absl::Status& status);

// The call may have reached the agent although it failed.
bool LeavesDoubt(const absl::Status& status);

// How long to wait before try number `tries` + 1.
absl::Duration RetryDelay(int tries);

// What a step comes to, once an operation was reported (or none was, in doubt) and read-back gave a
// verdict. PENDING: look again later.
struct Outcome {
  plan::v1::StepState state = plan::v1::PENDING;
  std::string detail;
};
Outcome Decide(const Flight& flight, bool changes, const Check& check);

// A duration of a plan.
absl::Duration LengthOf(const google::protobuf::Duration& duration);

// What a fence comes to: SUCCEEDED if the host is off, else STEP_FAILED. An error means that it was
// not started.
Outcome JudgeFence(const absl::StatusOr<journal::v1::FenceResult>& result);

// What a hook comes to by itself: SUCCEEDED with exit code 0, else STEP_FAILED. An error means that
// it was not started.
Outcome JudgeHook(const absl::StatusOr<journal::v1::HookResult>& result);

}  // namespace baton::engine
