#include "coordinator/ctl/exit_code.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace baton::ctl {
namespace {

struct PhaseCase {
  plan::v1::RunPhase phase;
  bool changed;
  int code;
};

class ExitCodeOfRun : public testing::TestWithParam<PhaseCase> {};

TEST_P(ExitCodeOfRun, IsAsScriptsExpect) {
  plan::v1::Run run;
  run.set_phase(GetParam().phase);
  run.set_changed(GetParam().changed);
  EXPECT_EQ(static_cast<int>(ExitCodeOf(run)), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(, ExitCodeOfRun,
                         testing::Values(PhaseCase{plan::v1::RUN_RUNNING, true, 0},
                                         PhaseCase{plan::v1::RUN_CANCELLING, true, 0},
                                         PhaseCase{plan::v1::RUN_SUCCEEDED, true, 0},
                                         PhaseCase{plan::v1::RUN_SUCCEEDED, false, 0},
                                         PhaseCase{plan::v1::RUN_WAITING, true, 12},
                                         PhaseCase{plan::v1::RUN_WAITING, false, 12},
                                         PhaseCase{plan::v1::RUN_PAUSED, true, 11},
                                         PhaseCase{plan::v1::RUN_PAUSED, false, 10},
                                         PhaseCase{plan::v1::RUN_STOPPED, true, 11},
                                         PhaseCase{plan::v1::RUN_STOPPED, false, 10},
                                         PhaseCase{plan::v1::RUN_CANCELLED, true, 11},
                                         PhaseCase{plan::v1::RUN_CANCELLED, false, 10}));

struct StatusCase {
  absl::StatusCode status;
  int code;
};

class ExitCodeOfStatus : public testing::TestWithParam<StatusCase> {};

TEST_P(ExitCodeOfStatus, IsAsScriptsExpect) {
  const absl::Status status(GetParam().status, "words");
  EXPECT_EQ(static_cast<int>(ExitCodeOf(status)), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(, ExitCodeOfStatus,
                         testing::Values(StatusCase{absl::StatusCode::kOk, 0},
                                         StatusCase{absl::StatusCode::kInvalidArgument, 2},
                                         StatusCase{absl::StatusCode::kFailedPrecondition, 10},
                                         StatusCase{absl::StatusCode::kAborted, 10},
                                         StatusCase{absl::StatusCode::kUnimplemented, 10},
                                         StatusCase{absl::StatusCode::kNotFound, 1},
                                         StatusCase{absl::StatusCode::kUnavailable, 1},
                                         StatusCase{absl::StatusCode::kUnauthenticated, 1},
                                         StatusCase{absl::StatusCode::kPermissionDenied, 1},
                                         StatusCase{absl::StatusCode::kDeadlineExceeded, 1},
                                         StatusCase{absl::StatusCode::kDataLoss, 1},
                                         StatusCase{absl::StatusCode::kInternal, 1}));

TEST(ExitCodeOfFindings, AreRefusedByAnErrorThatNobodyAccepted) {
  google::protobuf::RepeatedPtrField<plan::v1::Finding> findings;
  findings.Add()->set_level(plan::v1::FINDING_WARNING);
  EXPECT_EQ(ExitCodeOf(findings), ExitCode::kDone);
  findings.Add()->set_level(plan::v1::FINDING_ERROR);
  EXPECT_EQ(ExitCodeOf(findings), ExitCode::kRefused);
  findings.rbegin()->set_accepted(true);
  EXPECT_EQ(ExitCodeOf(findings), ExitCode::kDone);
}

}  // namespace
}  // namespace baton::ctl
