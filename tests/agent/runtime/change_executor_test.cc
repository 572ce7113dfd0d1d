#include "agent/runtime/change_executor.h"

#include <deque>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/fake_service_manager.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

constexpr char kId[] = "r1/license/fe2/install/1";

// One tool that is stored, and whose supervisor is slow to begin.
class SlowToolRunner : public ToolRunner {
 public:
  absl::Status forgets;  // what Forget comes to
  bool has_files = true;
  bool stored = true;

  absl::Status Start(const ToolCommand& /*command*/) override { return Unexpected(); }
  absl::StatusOr<ToolStatus> Inspect(absl::string_view /*id*/) override {
    if (!stored) return absl::NotFoundError("nothing is stored of it");
    return ToolStatus{};
  }
  absl::StatusOr<std::string> ReadOutput(absl::string_view /*id*/, uint64_t /*offset*/,
                                         uint64_t /*bytes_max*/) override {
    return Unexpected();
  }
  absl::Status Kill(absl::string_view /*id*/) override { return Unexpected(); }
  std::string FilePath(absl::string_view /*id*/, absl::string_view /*name*/) const override {
    return "/tools/file";
  }
  absl::Status RemoveFiles(absl::string_view /*id*/) override {
    has_files = false;
    return absl::OkStatus();
  }
  absl::Status Forget(absl::string_view /*id*/) override {
    if (forgets.ok()) stored = has_files = false;
    return forgets;
  }

 private:
  static absl::Status Unexpected() { return absl::InternalError("is not asked for here"); }
};

class ChangeExecutorTest : public testing::Test {
 protected:
  std::optional<RecoveredTool> Recover() {
    ChangeExecutor executor(
        {profile_, services_, initialization_, configuration_, tools_, SystemClock(), sleeper_});
    return executor.Recover(kId);
  }

  FakeFileSystem fs_;
  Profile profile_;
  FakeServiceManager services_{SystemClock()};
  PlatformConfiguration configuration_{fs_, profile_};
  OwnPorts own_ports_;
  ProfileInitializationProbe initialization_{fs_, profile_, configuration_, "127.0.0.1",
                                             own_ports_};
  CancellableSleeper sleeper_;
  SlowToolRunner tools_;
};

// An agent died before the supervisor began, and the next one looks at that very moment.
TEST_F(ChangeExecutorTest, RejoinsAToolWhoseSupervisorBeginsAfterAll) {
  for (const absl::Status& begins :
       {absl::FailedPreconditionError("it runs"), absl::AbortedError("the lock is held")}) {
    tools_.forgets = begins;
    const std::optional<RecoveredTool> tool = Recover();
    ASSERT_TRUE(tool.has_value());
    EXPECT_EQ(tool->operation_id, kId);
    EXPECT_FALSE(tool->ended.has_value());
    EXPECT_TRUE(tools_.has_files);
  }
}

TEST_F(ChangeExecutorTest, SeesToItThatAToolThatHasNotRunNeverDoes) {
  EXPECT_FALSE(Recover().has_value());
  EXPECT_FALSE(tools_.stored);
  EXPECT_FALSE(tools_.has_files);
}

// The command is stored last: a crash may leave files alone.
TEST_F(ChangeExecutorTest, RemovesFilesOfWhatIsNotStored) {
  tools_.stored = false;
  EXPECT_FALSE(Recover().has_value());
  EXPECT_FALSE(tools_.has_files);
}

}  // namespace
}  // namespace baton
