#include "agent/tools/supervisor.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/fs/file_system.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "tests/agent/tools/tool_runner_fixture.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

using SupervisorTest = ToolRunnerFixture;

TEST_F(SupervisorTest, StoresExitCodeAndOutputOfBothStreams) {
  const absl::Time before = absl::Now();
  ToolCommand command = Script("r1/a/1", "echo out; echo err >&2; pwd; echo $WORD; cat; exit 7");
  command.working_directory = "/usr";
  command.environment = {"WORD=a b"};
  const ToolExit exit = Run(command);
  EXPECT_EQ(exit.exit_code, 7);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_FALSE(exit.succeeded);
  EXPECT_FALSE(exit.timed_out);
  EXPECT_FALSE(exit.killed);
  EXPECT_GE(exit.end_time, before - absl::Microseconds(1));
  EXPECT_EQ(OutputOf(command.id), "out\nerr\n/usr\na b\n");
  EXPECT_EQ(exit.output_bytes, 17);
  EXPECT_EQ(exit.output_bytes_dropped, 0);
}

TEST_F(SupervisorTest, SucceedsByTheCommandsExitCodes) {
  EXPECT_TRUE(Run(Script("r1/zero/1", "exit 0")).succeeded);
  ToolCommand command = Script("r1/four/1", "exit 252");
  command.success_exit_codes = {0, 252};
  EXPECT_TRUE(Run(command).succeeded);
}

// The pipe's reading end sees the end of the last process that holds the other one.
TEST_F(SupervisorTest, ServicesOfAnInitScriptOutliveIt) {
  const Fifo alive(folder_ / "alive");
  const Fifo go_on(folder_ / "go-on");
  ToolCommand command =
      Script("start/1", absl::StrCat("(exec 3> ", alive.path(), "; read x < ", go_on.path(),
                                     "; echo still here >&3) > /dev/null 2>&1 & echo started"));
  command.leaves_services = true;
  EXPECT_TRUE(Run(command).succeeded);
  const FileDescriptor service = alive.Read();
  go_on.Release();
  std::array<char, 64> words{};
  ASSERT_GT(read(service.get(), words.data(), words.size()), 0);
  EXPECT_STREQ(words.data(), "still here\n");
}

TEST_F(SupervisorTest, StoresTheSignalThatEndedATool) {
  const ToolExit exit = Run(Script("r1/a/1", "kill -SEGV $$"));
  EXPECT_EQ(exit.signal, SIGSEGV);
  EXPECT_FALSE(exit.succeeded);
}

TEST_F(SupervisorTest, SaysWhyAToolDidNotStart) {
  ToolCommand command = Script("r1/a/1", "");
  command.argv = {"/usr/bin/no-such-tool"};
  const ToolExit exit = Run(command);
  EXPECT_THAT(exit.start_error, AllOf(HasSubstr("start \"/usr/bin/no-such-tool\""),
                                      HasSubstr("No such file or directory (ENOENT)")));
  EXPECT_FALSE(exit.succeeded);
}

TEST_F(SupervisorTest, TimeOutEndsAToolThatIgnoresSigtermAndItsGrandchildren) {
  const Fifo fifo(folder_ / "fifo");
  ToolCommand command =
      Script("r1/a/1", absl::StrCat("trap '' TERM; exec 3>", fifo.path(),
                                    "; (sh -c 'while :; do sleep 600;"
                                    " done') & echo ready; while :; do sleep 600; done"));
  command.timeout = absl::Milliseconds(300);
  command.kill_grace = absl::Milliseconds(100);
  ASSERT_OK(runner_.Start(command));
  const FileDescriptor reader = fifo.Read();
  char byte = 0;
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);  // all who had it open are gone
  const ToolStatus status = WaitForEnd(command.id);
  ASSERT_TRUE(status.exit.has_value());
  EXPECT_TRUE(status.exit->timed_out);
  EXPECT_FALSE(status.exit->succeeded);
  EXPECT_EQ(status.exit->signal, SIGKILL);
}

TEST_F(SupervisorTest, TimeOutGivesAToolTheChanceToEndByItself) {
  ToolCommand command =
      Script("r1/a/1", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done");
  command.timeout = absl::Milliseconds(300);
  const ToolExit exit = Run(command);
  EXPECT_TRUE(exit.timed_out);
  EXPECT_EQ(exit.exit_code, 0);
  EXPECT_FALSE(exit.succeeded) << "what was cut short is not done";
  EXPECT_THAT(OutputOf(command.id), EndsWith("bye\n"));
}

TEST_F(SupervisorTest, EndsWhatAToolLeavesInItsProcessGroup) {
  const Fifo fifo(folder_ / "fifo");
  ASSERT_OK(runner_.Start(
      Script("r1/a/1", absl::StrCat("exec 3>", fifo.path(), "; sleep 600 & exit 0"))));
  const FileDescriptor reader = fifo.Read();
  char byte = 0;
  EXPECT_EQ(read(reader.get(), &byte, 1), 0);
  EXPECT_TRUE(WaitForEnd("r1/a/1").exit->succeeded);
}

TEST_F(SupervisorTest, IsNotHeldUpByADaemonThatKeepsTheOutputOpen) {
  const Fifo daemon_runs(folder_ / "runs");
  const Fifo fifo(folder_ / "fifo");
  const ToolExit exit = Run(Script(
      "r1/a/1", absl::StrCat("setsid sh -c 'echo started; echo > ", daemon_runs.path(),
                             "; exec cat ", fifo.path(), "' & read x < ", daemon_runs.path())));
  EXPECT_TRUE(exit.succeeded);
  EXPECT_EQ(OutputOf("r1/a/1"), "started\n");
  fifo.Release();  // ends the daemon
}

TEST_F(SupervisorTest, CapsAFloodOfOutputWithoutBlockingTheTool) {
  ToolCommand command = Script("r1/a/1", "head -c 1073741824 /dev/zero; echo last words; exit 3");
  command.output_bytes_max = 100000;
  const ToolExit exit = Run(command);
  EXPECT_EQ(exit.exit_code, 3);
  EXPECT_EQ(exit.output_bytes, 100000);
  EXPECT_EQ(exit.output_bytes_dropped, 1073741824 + 11 - 100000);
  const std::string output = OutputOf(command.id);
  EXPECT_THAT(output, SizeIs(testing::Lt(100100)));
  EXPECT_THAT(output, EndsWith("\n[baton: 1073641835 further bytes of output were dropped]\n"));
}

TEST_F(SupervisorTest, KeepsSecretsOffTheDisk) {
  ToolCommand command =
      Script("r1/a/1", "echo \"$1 and $PASSWORD\"; printf hun; printf ter2; echo; exit 0");
  command.argv.insert(command.argv.end(), {"sh", "user:hunter2"});
  command.environment.push_back("PASSWORD=correct horse");
  command.secrets = {"hunter2", "correct horse"};
  EXPECT_TRUE(Run(command).succeeded);
  EXPECT_EQ(OutputOf(command.id), "user:*** and ***\n***\n");
  for (const auto& entry : std::filesystem::directory_iterator(FolderOf(command.id).path())) {
    std::stringstream bytes;
    bytes << std::ifstream(entry.path()).rdbuf();
    EXPECT_THAT(bytes.str(), testing::Not(testing::AnyOf(HasSubstr("hunter2"), HasSubstr("horse"))))
        << entry.path();
  }
}

TEST_F(SupervisorTest, NeverRunsAToolTwice) {
  const std::string witness = folder_ / "witness";
  Run(Script("r1/a/1", absl::StrCat("echo run >> ", witness)));
  ProcessCommand command;
  command.argv = {BATON_SUPERVISE_PROGRAM, "supervise", FolderOf("r1/a/1").path()};
  ASSERT_OK_AND_ASSIGN(Process process, Process::Spawn(command));
  ASSERT_OK(process.WaitForEnd(kTestDeadline));
  ASSERT_OK_AND_ASSIGN(const ProcessExit exit, process.Collect());
  EXPECT_EQ(exit.code, 1);
  EXPECT_THAT(PosixFileSystem().ReadFile(witness, 100), IsOkAndHolds("run\n"));
}

// A small file system of its own, visible to this process and its children only.
class FullDiskTest : public SupervisorTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root to mount a small file system";
    ASSERT_EQ(unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_EQ(mkdir(tools_.c_str(), 0700), 0);
    ASSERT_EQ(mount("none", tools_.c_str(), "tmpfs", 0, "size=256k"), 0);
  }
  void TearDown() override { umount2(tools_.c_str(), MNT_DETACH); }
};

TEST_F(FullDiskTest, OutputThatFillsTheDiskDoesNotCostTheExitStatus) {
  ToolCommand command = Script("r1/a/1", "head -c 1048576 /dev/zero; exit 5");
  const ToolExit exit = Run(command);
  EXPECT_EQ(exit.exit_code, 5);
  EXPECT_THAT(exit.output_error, EndsWith("No space left on device (ENOSPC)"));
  EXPECT_EQ(exit.output_bytes + exit.output_bytes_dropped, 1048576);
}

TEST_F(FullDiskTest, NothingIsStartedWithoutRoomForTheExitStatus) {
  std::ofstream(absl::StrCat(tools_, "/filling")) << std::string(1 << 20, 'x');
  EXPECT_THAT(runner_.Start(Script("r1/a/1", "exit 0")),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       AllOf(StartsWith("tool \"r1/a/1\": "), HasSubstr("ENOSPC"))));
  EXPECT_THAT(runner_.Inspect("r1/a/1"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("nothing is stored of it")));
}

}  // namespace
}  // namespace baton
