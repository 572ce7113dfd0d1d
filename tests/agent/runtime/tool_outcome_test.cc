#include "agent/runtime/tool_outcome.h"

#include "gmock/gmock.h"

namespace baton {
namespace {

ToolStatus Exited(ToolExit exit) {
  ToolStatus status;
  status.state = ToolState::kExited;
  status.exit = std::move(exit);
  return status;
}

TEST(ToolOutcome, SaysHowTheToolEnded) {
  ToolExit succeeded;
  succeeded.succeeded = true;
  ToolExit failed;
  failed.exit_code = 3;
  ToolExit killed;
  killed.signal = 9;
  ToolExit late;
  late.timed_out = true;
  ToolExit not_started;
  not_started.start_error = "execute /opt/tool: No such file or directory (ENOENT)";
  const struct {
    ToolExit exit;
    plan::v1::OperationState state;
    const char* detail;
  } kRows[] = {
      {succeeded, plan::v1::OPERATION_SUCCEEDED, "exit code 0"},
      {failed, plan::v1::OPERATION_FAILED, "exit code 3"},
      {killed, plan::v1::OPERATION_FAILED, "ended by signal 9"},
      {late, plan::v1::OPERATION_UNKNOWN, "its time ran out and it was ended"},
      {not_started, plan::v1::OPERATION_FAILED,
       "execute /opt/tool: No such file or directory (ENOENT)"},
  };
  for (const auto& row : kRows) {
    const std::optional<plan::v1::Operation> ended =
        ToolOutcome(Exited(row.exit), absl::FromUnixSeconds(1));
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->state(), row.state) << row.detail;
    EXPECT_EQ(ended->detail(), row.detail);
  }
}

TEST(ToolOutcome, NobodyKnowsWhatBecameOfALostTool) {
  ToolStatus lost;
  lost.state = ToolState::kLost;
  EXPECT_EQ(ToolOutcome(lost, absl::UnixEpoch())->state(), plan::v1::OPERATION_INTERRUPTED);
  ToolStatus running;
  running.state = ToolState::kRunning;
  EXPECT_FALSE(ToolOutcome(running, absl::UnixEpoch()).has_value());
}

TEST(AddOutput, EndsAFailureWithTheToolsOwnLastLine) {
  plan::v1::Operation failed;
  failed.set_state(plan::v1::OPERATION_FAILED);
  failed.set_detail("exit code 3");
  AddOutput("Validating...\r\nError: no acc\xe8s\r\n\r\n", failed);
  EXPECT_EQ(failed.detail(), "exit code 3: Error: no acc?s");
  EXPECT_EQ(failed.tool().output_tail(), "Validating...\r\nError: no acc\xe8s\r\n\r\n");
}

TEST(AddOutput, LeavesASuccessAsItIs) {
  plan::v1::Operation succeeded;
  succeeded.set_state(plan::v1::OPERATION_SUCCEEDED);
  succeeded.set_detail("exit code 0");
  AddOutput("done\n", succeeded);
  EXPECT_EQ(succeeded.detail(), "exit code 0");
}

}  // namespace
}  // namespace baton
