#include "agent/tools/supervised_tool_runner.h"

#include <signal.h>

#include <array>
#include <filesystem>

#include "common/fs/file_system.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "tests/agent/tools/tool_runner_fixture.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StrEq;

constexpr char kId[] = "r1/service-center/fe2/install/1";

// Cannot start anything.
class FailingLauncher : public SupervisorLauncher {
 public:
  absl::Status Launch(const std::string& /*tool_folder*/, int /*input_fd*/) override {
    return absl::UnavailableError("the service manager does not answer");
  }
};

using SupervisedToolRunnerTest = ToolRunnerFixture;

TEST_F(SupervisedToolRunnerTest, FollowsAToolThatRuns) {
  const Fifo fifo(folder_ / "fifo");
  ASSERT_OK(runner_.Start(
      Script(kId, absl::StrCat("echo begun; read x < ", fifo.path(), "; echo done"))));
  WaitForOutput(kId, "begun\n");
  ASSERT_OK_AND_ASSIGN(const ToolStatus running, runner_.Inspect(kId));
  EXPECT_EQ(running.state, ToolState::kRunning);
  ASSERT_TRUE(running.start.has_value());
  EXPECT_THAT(IsAlive(running.start->tool), IsOkAndHolds(true));
  EXPECT_THAT(IsAlive(running.start->supervisor), IsOkAndHolds(true));
  fifo.Release();
  EXPECT_TRUE(WaitForEnd(kId).exit->succeeded);
  EXPECT_THAT(runner_.ReadOutput(kId, 6, 3), IsOkAndHolds("don"));
  EXPECT_THAT(runner_.ReadOutput(kId, 11, 100), IsOkAndHolds(""));
}

TEST_F(SupervisedToolRunnerTest, ReattachesAfterTheAgentWasKilled) {
  const Fifo fifo(folder_ / "fifo");
  std::array<int, 2> ends = {-1, -1};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reader(ends[0]);
  const FileDescriptor writer(ends[1]);
  ProcessCommand agent;
  agent.argv = {BATON_SUPERVISE_PROGRAM, "start", tools_, kId,
                absl::StrCat("echo begun; read x < ", fifo.path(), "; echo done; exit 3")};
  agent.output_fd = writer.get();
  ASSERT_OK_AND_ASSIGN(Process process, Process::Spawn(agent));
  std::array<char, 3> said{};
  ASSERT_EQ(read(reader.get(), said.data(), said.size()), 3);
  ASSERT_EQ(absl::string_view(said.data(), 3), "OK\n");
  ASSERT_OK(KillGroup(process.identity(), SIGKILL));
  ASSERT_OK(process.Collect());

  ASSERT_OK_AND_ASSIGN(const ToolStatus running, runner_.Inspect(kId));
  EXPECT_EQ(running.state, ToolState::kRunning);
  fifo.Release();
  const ToolStatus ended = WaitForEnd(kId);
  ASSERT_EQ(ended.state, ToolState::kExited);
  EXPECT_EQ(ended.exit->exit_code, 3);
  EXPECT_EQ(OutputOf(kId), "begun\ndone\n");
}

TEST_F(SupervisedToolRunnerTest, StartsOncePerId) {
  const std::string witness = folder_ / "witness";
  const ToolCommand command = Script(kId, absl::StrCat("echo run >> ", witness));
  EXPECT_TRUE(Run(command).succeeded);
  EXPECT_THAT(runner_.Start(command),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       StrEq(absl::StrCat("tool \"", kId, "\": it has been started before"))));
  EXPECT_THAT(runner_.Start(Script(kId, "exit 1")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another command")));
  EXPECT_THAT(PosixFileSystem().ReadFile(witness, 100), IsOkAndHolds("run\n"));
}

TEST_F(SupervisedToolRunnerTest, ToolThatNeverStartedCanBeStarted) {
  FailingLauncher failing;
  SupervisedToolRunner without_manager(tools_, failing);
  const ToolCommand command = Script(kId, "exit 0");
  EXPECT_THAT(without_manager.Start(command),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("service manager")));
  ASSERT_OK_AND_ASSIGN(const ToolStatus status, runner_.Inspect(kId));
  EXPECT_EQ(status.state, ToolState::kNotStarted);
  EXPECT_TRUE(Run(command).succeeded);
}

TEST_F(SupervisedToolRunnerTest, KeepsFilesForTheToolAloneAndUntilItEnds) {
  const Fifo fifo(folder_ / "fifo");
  const std::string path = runner_.FilePath(kId, "license");
  ToolCommand command =
      Script(kId, absl::StrCat("cat ", path, "; echo; read x < ", fifo.path(), "; cat ", path));
  command.files = {{"license", "serial=ABC"}};
  ASSERT_OK(runner_.Start(command));
  WaitForOutput(kId, "serial=ABC\n");
  ASSERT_OK_AND_ASSIGN(const FileInfo info, PosixFileSystem().Describe(path));
  EXPECT_EQ(info.mode, 0600U);
  EXPECT_THAT(runner_.RemoveFiles(kId),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("it runs")));
  fifo.Release();
  EXPECT_TRUE(WaitForEnd(kId).exit->succeeded);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(OutputOf(kId), "serial=ABC\nserial=ABC");
  EXPECT_THAT(PosixFileSystem().ReadFile(FolderOf(kId).command(), kCommandBytesMax),
              IsOkAndHolds(Not(HasSubstr("serial="))));
}

TEST_F(SupervisedToolRunnerTest, TellsCommandsApartByTheirFiles) {
  FailingLauncher failing;
  SupervisedToolRunner without_manager(tools_, failing);
  ToolCommand command = Script(kId, "exit 0");
  command.files = {{"license", "one"}};
  EXPECT_FALSE(without_manager.Start(command).ok());
  command.files[0].bytes = "other";
  EXPECT_THAT(runner_.Start(command),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("another command")));
}

TEST_F(SupervisedToolRunnerTest, RemovesFilesThatNoSupervisorRemoved) {
  FailingLauncher failing;
  SupervisedToolRunner without_manager(tools_, failing);
  const std::string path = runner_.FilePath(kId, "license");
  ToolCommand command = Script(kId, absl::StrCat("cat ", path));
  command.files = {{"license", "serial=ABC"}};
  EXPECT_FALSE(without_manager.Start(command).ok());
  ASSERT_TRUE(std::filesystem::exists(path));
  // A crash in the middle of storing one leaves this.
  ASSERT_OK(PosixFileSystem().CreateFile(path + std::string(kTemporarySuffix), "serial", 0600));
  EXPECT_OK(runner_.RemoveFiles(kId));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + std::string(kTemporarySuffix)));
  EXPECT_OK(runner_.RemoveFiles("another/tool"));
  // It has not run yet: its files are stored again.
  EXPECT_TRUE(Run(command).succeeded);
  EXPECT_EQ(OutputOf(kId), "serial=ABC");
}

TEST_F(SupervisedToolRunnerTest, RefusesCommandsThatCannotRun) {
  ToolCommand relative = Script(kId, "");
  relative.argv = {"sh"};
  EXPECT_THAT(runner_.Start(relative),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("argv")));
  EXPECT_FALSE(std::filesystem::exists(tools_));
}

TEST_F(SupervisedToolRunnerTest, SaysThatTheSupervisorCannotBeStarted) {
  DetachedSupervisorLauncher missing(folder_ / "missing");
  SupervisedToolRunner runner(tools_, missing);
  EXPECT_THAT(runner.Start(Script(kId, "exit 0")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("ENOENT")));
}

TEST_F(SupervisedToolRunnerTest, KillsOnRequest) {
  ASSERT_OK(runner_.Start(Script(kId, "echo ready; exec sleep 600")));
  WaitForOutput(kId, "ready");
  ASSERT_OK(runner_.Kill(kId));
  const ToolStatus status = WaitForEnd(kId);
  ASSERT_EQ(status.state, ToolState::kExited);
  EXPECT_TRUE(status.exit->killed);
  EXPECT_FALSE(status.exit->succeeded);
  EXPECT_EQ(status.exit->signal, SIGTERM);
  EXPECT_OK(runner_.Kill(kId));  // nothing left to do
}

TEST_F(SupervisedToolRunnerTest, ToolWhoseSupervisorWasKilledRunsUntilItEndsAndIsThenLost) {
  const Fifo fifo(folder_ / "fifo");
  ASSERT_OK(runner_.Start(Script(kId, absl::StrCat("exec 3>", fifo.path(), "; exec sleep 600"))));
  const FileDescriptor reader = fifo.Read();
  ASSERT_OK_AND_ASSIGN(const ToolStatus running, runner_.Inspect(kId));
  ASSERT_OK(SignalProcess(running.start->supervisor, SIGKILL));
  const absl::Time deadline = absl::Now() + kTestDeadline;
  while (IsAlive(running.start->supervisor).value()) ASSERT_LT(absl::Now(), deadline);
  ASSERT_OK_AND_ASSIGN(const ToolStatus orphaned, runner_.Inspect(kId));
  EXPECT_EQ(orphaned.state, ToolState::kRunning);
  ASSERT_OK(runner_.Kill(kId));
  EXPECT_EQ(WaitForEnd(kId).state, ToolState::kLost);
  // Only now may it be run again.
  EXPECT_THAT(runner_.Start(Script(kId, absl::StrCat("exec 3>", fifo.path(), "; exec sleep 600"))),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("started before")));
  EXPECT_OK(runner_.Forget(kId));
  EXPECT_TRUE(Run(Script(kId, "exit 0")).succeeded);
}

TEST_F(SupervisedToolRunnerTest, DoesNotTakeAnotherProcessForTheTool) {
  FailingLauncher failing;
  SupervisedToolRunner crashed(tools_, failing);
  ASSERT_FALSE(crashed.Start(Script(kId, "exit 0")).ok());
  // A process that lives, but with the pid of the tool that was: this very test.
  ToolStart start;
  ASSERT_OK_AND_ASSIGN(start.tool, IdentifyProcess(getpid()));
  start.supervisor = start.tool;
  const auto store = [&] {
    return WriteFileAtomically(PosixFileSystem(), FolderOf(kId).start(), EncodeToolStart(start),
                               0600);
  };
  ASSERT_OK(store());
  ASSERT_OK_AND_ASSIGN(const ToolStatus same, runner_.Inspect(kId));
  EXPECT_EQ(same.state, ToolState::kRunning);
  --start.tool.start_ticks;
  ASSERT_OK(store());
  ASSERT_OK_AND_ASSIGN(const ToolStatus other, runner_.Inspect(kId));
  EXPECT_EQ(other.state, ToolState::kLost);
  EXPECT_OK(runner_.Kill(kId));  // and this test survives it
}

TEST_F(SupervisedToolRunnerTest, ForgetsWhatDoesNotRun) {
  const Fifo fifo(folder_ / "fifo");
  ASSERT_OK(runner_.Start(Script(kId, absl::StrCat("read x < ", fifo.path()))));
  EXPECT_THAT(runner_.Forget(kId),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("it runs")));
  fifo.Release();
  WaitForEnd(kId);
  EXPECT_OK(runner_.Forget(kId));
  EXPECT_TRUE(std::filesystem::is_empty(tools_));
  for (const absl::Status& status :
       {runner_.Forget(kId), runner_.Kill(kId), runner_.Inspect(kId).status(),
        runner_.ReadOutput(kId, 0, 1).status()}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr(kId)));
  }
}

TEST_F(SupervisedToolRunnerTest, KeepsTheNewestToolsAndThoseThatRun) {
  const Fifo fifo(folder_ / "fifo");
  ASSERT_OK(runner_.Start(Script("running", absl::StrCat("read x < ", fifo.path()))));
  Run(Script("oldest", "exit 0"));
  std::filesystem::create_directory(absl::StrCat(tools_, "/.forgotten-half"));
  for (size_t i = 0; i < kToolsKept; ++i) Run(Script(absl::StrCat("tool/", i), "exit 0"));
  EXPECT_THAT(runner_.Inspect("oldest"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("oldest")));
  EXPECT_OK(runner_.Inspect("tool/0"));
  EXPECT_OK(runner_.Inspect("running"));
  EXPECT_FALSE(std::filesystem::exists(absl::StrCat(tools_, "/.forgotten-half")));
  fifo.Release();
  WaitForEnd("running");
}

}  // namespace
}  // namespace baton
