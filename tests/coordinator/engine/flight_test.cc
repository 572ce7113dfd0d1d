#include "coordinator/engine/flight.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::engine {
namespace {

using plan::v1::OperationState;
using plan::v1::StepState;
using testing::HasSubstr;

// No report: the call was given up, or lost.
constexpr OperationState kNoReport = plan::v1::OPERATION_STATE_UNSPECIFIED;

struct Row {
  const char* name;
  bool changes;
  OperationState reported;
  bool overdue;
  Proof proof;
  StepState state;
  const char* detail;
};

constexpr Row kRows[] = {
    {"DoneAndProved", true, plan::v1::OPERATION_SUCCEEDED, false, Proof::kHolds,
     plan::v1::SUCCEEDED, "read"},
    {"LyingSuccess", true, plan::v1::OPERATION_SUCCEEDED, false, Proof::kDoesNotHold,
     plan::v1::STEP_FAILED, "the agent reported success, but read-back finds: read"},
    {"DoneAndNothingToRead", true, plan::v1::OPERATION_SUCCEEDED, false, Proof::kCannotTell,
     plan::v1::SUCCEEDED, "said"},
    {"TimedOutThere", true, plan::v1::OPERATION_UNKNOWN, false, Proof::kHolds, plan::v1::SUCCEEDED,
     "read (read back after: said)"},
    {"TimedOutThereForGood", true, plan::v1::OPERATION_UNKNOWN, false, Proof::kDoesNotHold,
     plan::v1::STEP_FAILED, "said; read back: read"},
    {"TimedOutThereAndNothingToRead", true, plan::v1::OPERATION_UNKNOWN, false, Proof::kCannotTell,
     plan::v1::UNKNOWN, "said; nothing that can be read tells"},
    {"NotHeardButThere", true, kNoReport, true, Proof::kHolds, plan::v1::SUCCEEDED,
     "read (read back after: heard)"},
    {"NotHeardAndNotThere", true, kNoReport, true, Proof::kDoesNotHold, plan::v1::UNKNOWN,
     "heard; read back: read"},
    {"NotHeardAndNothingToRead", true, kNoReport, true, Proof::kCannotTell, plan::v1::UNKNOWN,
     "heard; nothing that can be read tells"},
    {"ReadsAndFinds", false, kNoReport, false, Proof::kHolds, plan::v1::SUCCEEDED, "read"},
    {"ReadsAndFindsLate", false, kNoReport, true, Proof::kHolds, plan::v1::SUCCEEDED, "read"},
    {"ReadsAgain", false, kNoReport, false, Proof::kDoesNotHold, plan::v1::PENDING, "read"},
    {"ReadsInVain", false, kNoReport, true, Proof::kDoesNotHold, plan::v1::STEP_FAILED, "read"},
    {"ReadsNothing", false, kNoReport, true, Proof::kCannotTell, plan::v1::STEP_FAILED, "read"},
};

class Decisions : public testing::TestWithParam<Row> {};

TEST_P(Decisions, FollowFromReportAndReadBack) {
  const Row& row = GetParam();
  Flight flight;
  flight.overdue = row.overdue;
  flight.last_words = "heard";
  if (row.reported != kNoReport) {
    flight.operation.emplace();
    flight.operation->set_state(row.reported);
    flight.operation->set_detail("said");
  }
  Check check;
  check.proof = row.proof;
  check.detail = "read";
  const Outcome outcome = Decide(flight, row.changes, check);
  EXPECT_EQ(outcome.state, row.state);
  EXPECT_THAT(outcome.detail, HasSubstr(row.detail));
}

INSTANTIATE_TEST_SUITE_P(, Decisions, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

struct ErrorRow {
  absl::StatusCode code;
  CallError error;
  bool doubt;
};

// What a code means for a change that was sent. Every code has a row.
constexpr ErrorRow kErrorRows[] = {
    {absl::StatusCode::kCancelled, CallError::kAgain, true},
    {absl::StatusCode::kUnknown, CallError::kAgain, true},
    {absl::StatusCode::kInvalidArgument, CallError::kRefused, false},
    {absl::StatusCode::kDeadlineExceeded, CallError::kAgain, true},
    {absl::StatusCode::kNotFound, CallError::kRefused, false},
    {absl::StatusCode::kAlreadyExists, CallError::kAgain, true},
    {absl::StatusCode::kPermissionDenied, CallError::kRefused, false},
    {absl::StatusCode::kResourceExhausted, CallError::kAgain, false},
    {absl::StatusCode::kFailedPrecondition, CallError::kFenced, false},
    {absl::StatusCode::kAborted, CallError::kAgain, false},
    {absl::StatusCode::kOutOfRange, CallError::kAgain, true},
    {absl::StatusCode::kUnimplemented, CallError::kRefused, false},
    {absl::StatusCode::kInternal, CallError::kAgain, true},
    {absl::StatusCode::kUnavailable, CallError::kAgain, true},
    {absl::StatusCode::kDataLoss, CallError::kRefused, false},
    {absl::StatusCode::kUnauthenticated, CallError::kRefused, false},
};

TEST(CallErrors, SayWhetherToSendAgainAndWhatIsKnown) {
  for (const ErrorRow& row : kErrorRows) {
    const absl::Status status(row.code, "words");
    EXPECT_EQ(Classify(status), row.error) << status;
    EXPECT_EQ(LeavesDoubt(status), row.doubt) << status;
  }
}

TEST(RetryDelays, GrowToTheirLimit) {
  absl::Duration before = absl::ZeroDuration();
  for (int tries = 1; tries < 100; ++tries) {
    const absl::Duration delay = RetryDelay(tries);
    EXPECT_GE(delay, before);
    EXPECT_GE(delay, kRetryDelayMin);
    EXPECT_LE(delay, kRetryDelayMax);
    before = delay;
  }
  EXPECT_EQ(before, kRetryDelayMax);
}

TEST(JudgeHook, GoesByTheExitCode) {
  journal::v1::HookResult result;
  result.set_output_tail("switching\n\nswitched to fe2\n \n");
  EXPECT_EQ(JudgeHook(result).state, plan::v1::SUCCEEDED);
  EXPECT_EQ(JudgeHook(result).detail, "exit code 0: switched to fe2");
  result.set_exit_code(3);
  EXPECT_EQ(JudgeHook(result).state, plan::v1::STEP_FAILED);
  EXPECT_EQ(JudgeHook(result).detail, "exit code 3: switched to fe2");
}

TEST(JudgeHook, TakesNoSignalOrTimeOutForSuccess) {
  journal::v1::HookResult result;
  result.set_signal(9);
  EXPECT_EQ(JudgeHook(result).state, plan::v1::STEP_FAILED);
  EXPECT_EQ(JudgeHook(result).detail, "signal 9 ended it");
  result.clear_signal();
  result.set_timed_out(true);
  EXPECT_EQ(JudgeHook(result).state, plan::v1::STEP_FAILED);
  EXPECT_EQ(JudgeHook(result).detail, "it was ended because its time was over");
  const Outcome none = JudgeHook(absl::NotFoundError("/hooks/a: No such file or directory"));
  EXPECT_EQ(none.state, plan::v1::STEP_FAILED);
  EXPECT_EQ(none.detail, "it was not started: /hooks/a: No such file or directory");
}

}  // namespace
}  // namespace baton::engine
