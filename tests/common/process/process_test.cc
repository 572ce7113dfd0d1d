#include "common/process/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StrEq;

constexpr absl::Duration kLongEnough = absl::Seconds(60);

// A pipe whose reading end tells what processes wrote, and when the last of them is gone.
class OutputPipe {
 public:
  OutputPipe() {
    std::array<int, 2> ends = {-1, -1};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    reader_ = FileDescriptor(ends[0]);
    writer_ = FileDescriptor(ends[1]);
  }

  int writer() const { return writer_.get(); }

  // One byte, or "" at the end.
  std::string ReadByte() {
    char byte = 0;
    return read(reader_.get(), &byte, 1) == 1 ? std::string(1, byte) : "";
  }

  // Everything until nobody holds the writing end any more.
  std::string ReadToEnd() {
    writer_.Close();
    std::string text;
    for (std::string byte = ReadByte(); !byte.empty(); byte = ReadByte()) text += byte;
    return text;
  }

 private:
  FileDescriptor reader_;
  FileDescriptor writer_;
};

ProcessCommand Shell(absl::string_view script) {
  ProcessCommand command;
  command.argv = {"/bin/sh", "-c", std::string(script)};
  return command;
}

ProcessExit RunToEnd(const ProcessCommand& command) {
  absl::StatusOr<Process> process = Process::Spawn(command);
  EXPECT_OK(process);
  if (!process.ok()) return {};
  EXPECT_OK(process->WaitForEnd(kLongEnough));
  const absl::StatusOr<ProcessExit> exit = process->Collect();
  EXPECT_OK(exit);
  return exit.ok() ? *exit : ProcessExit{};
}

TEST(Process, PassesArgumentsEnvironmentAndFolderAsTheyAre) {
  OutputPipe output;
  ProcessCommand command = Shell("pwd; echo \"$1|$NAME|$HOME\"; cat; echo error >&2");
  command.argv.insert(command.argv.end(), {"sh", "two words; $(false) *"});
  command.environment = {"NAME=a value"};
  command.working_directory = "/usr";
  command.output_fd = output.writer();
  EXPECT_EQ(RunToEnd(command).code, 0);
  EXPECT_EQ(output.ReadToEnd(), "/usr\ntwo words; $(false) *|a value|\nerror\n");
}

TEST(Process, TellsExitCodeAndSignalApart) {
  const ProcessExit by_code = RunToEnd(Shell("exit 7"));
  EXPECT_EQ(by_code.code, 7);
  EXPECT_EQ(by_code.signal, 0);
  const ProcessExit by_signal = RunToEnd(Shell("kill -KILL $$"));
  EXPECT_EQ(by_signal.code, 0);
  EXPECT_EQ(by_signal.signal, SIGKILL);
}

TEST(Process, SaysWhyAProgramDoesNotStart) {
  const TempFolder folder;
  const std::string plain_file = folder / "tool";
  std::ofstream(plain_file) << "#!/bin/sh\n";
  ProcessCommand command;
  command.argv = {folder / "missing"};
  EXPECT_THAT(Process::Spawn(command),
              StatusIs(absl::StatusCode::kNotFound,
                       StrEq(absl::StrCat("start \"", folder / "missing",
                                          "\": execute: No such file or directory (ENOENT)"))));
  command.argv = {plain_file};
  EXPECT_THAT(
      Process::Spawn(command),
      StatusIs(absl::StatusCode::kPermissionDenied,
               AllOf(HasSubstr(plain_file), HasSubstr("execute: Permission denied (EACCES)"))));
  EXPECT_THAT(SpawnDetached(command), StatusIs(absl::StatusCode::kPermissionDenied,
                                               HasSubstr("execute: Permission denied (EACCES)")));
  command = Shell("exit 0");
  command.working_directory = folder / "missing";
  EXPECT_THAT(Process::Spawn(command),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("start \"/bin/sh\""), HasSubstr("enter folder"))));
}

TEST(Process, RefusesCommandsThatCannotBePassedOn) {
  ProcessCommand command;
  EXPECT_THAT(Process::Spawn(command),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no program is named")));
  command.argv = {"/bin/sh", std::string("a\0b", 3)};
  EXPECT_THAT(Process::Spawn(command),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("NUL")));
}

TEST(Process, DoesNotRunWhatItsStarterDiscards) {
  const TempFolder folder;
  const std::string witness = folder / "witness";
  EXPECT_THAT(Process::Spawn(Shell(absl::StrCat("touch ", witness)),
                             [](const ProcessIdentity&) { return absl::AbortedError("not now"); }),
              StatusIs(absl::StatusCode::kAborted, StrEq("start \"/bin/sh\": not now")));
  struct stat info = {};
  EXPECT_NE(stat(witness.c_str(), &info), 0);
}

TEST(Process, IdentityIsKnownBeforeTheProgramRuns) {
  ProcessIdentity before;
  ASSERT_OK_AND_ASSIGN(Process process, Process::Spawn(Shell("exit 0"), [&](const auto& identity) {
                         before = identity;
                         return absl::OkStatus();
                       }));
  EXPECT_EQ(before, process.identity());
  ASSERT_OK(process.WaitForEnd(kLongEnough));
  EXPECT_OK(process.Collect());
}

TEST(Process, InheritsNoDescriptor) {
  const TempFolder folder;
  const FileDescriptor leaky(open((folder / "secret").c_str(), O_RDWR | O_CREAT, 0600));
  ASSERT_TRUE(leaky.open());
  EXPECT_EQ(RunToEnd(Shell(absl::StrCat("test ! -e /proc/self/fd/", leaky.get()))).code, 0);
}

TEST(Process, WaitsNoLongerThanItsDeadline) {
  ASSERT_OK_AND_ASSIGN(Process process, Process::Spawn(Shell("exec cat /dev/zero > /dev/null")));
  EXPECT_THAT(process.WaitForEnd(absl::Milliseconds(5)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("still runs after 5ms")));
  EXPECT_THAT(IsAlive(process.identity()), IsOkAndHolds(true));
  ASSERT_OK(KillGroup(process.identity(), SIGTERM));
  ASSERT_OK(process.WaitForEnd(kLongEnough));
  // Ended, but not collected: no longer alive, and its group can still be named.
  EXPECT_THAT(IsAlive(process.identity()), IsOkAndHolds(false));
  EXPECT_OK(KillGroup(process.identity(), SIGKILL));
  EXPECT_THAT(SignalProcess(process.identity(), SIGTERM),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("it has ended")));
  ASSERT_OK_AND_ASSIGN(const ProcessExit exit, process.Collect());
  EXPECT_EQ(exit.signal, SIGTERM);
  EXPECT_THAT(KillGroup(process.identity(), SIGKILL),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("does not exist any more")));
}

TEST(Process, DiesWithTheThreadThatStartedItIfAskedTo) {
  ProcessCommand command = Shell("exec sleep 600");
  command.dies_with_parent = true;
  std::optional<Process> process;
  std::thread starter([&process, &command] {
    absl::StatusOr<Process> started = Process::Spawn(command);
    ASSERT_OK(started.status());
    process = *std::move(started);
  });
  starter.join();
  ASSERT_TRUE(process.has_value());
  EXPECT_OK(process->WaitForEnd(kLongEnough));
  const absl::StatusOr<ProcessExit> end = process->Collect();
  ASSERT_OK(end.status());
  EXPECT_EQ(end->signal, SIGKILL);
}

TEST(KillGroup, ReachesGrandchildren) {
  OutputPipe output;
  ProcessCommand command = Shell("(trap '' TERM; echo; cat /dev/zero >/dev/null) & wait");
  command.output_fd = output.writer();
  ASSERT_OK_AND_ASSIGN(Process process, Process::Spawn(command));
  ASSERT_EQ(output.ReadByte(), "\n");
  ASSERT_OK(KillGroup(process.identity(), SIGKILL));
  EXPECT_EQ(output.ReadToEnd(), "");  // nobody is left who holds the pipe
  ASSERT_OK(process.WaitForEnd(kLongEnough));
  EXPECT_OK(process.Collect());
}

TEST(ProcessIdentity, IsNotThatOfAnotherProcessWithTheSamePid) {
  ASSERT_OK_AND_ASSIGN(const ProcessIdentity self, IdentifyProcess(getpid()));
  EXPECT_THAT(IsAlive(self), IsOkAndHolds(true));
  ProcessIdentity earlier = self;
  --earlier.start_ticks;
  ProcessIdentity last_boot = self;
  last_boot.boot_id = "6c5ac7f5-0000-4000-8000-000000000000";
  for (const ProcessIdentity& other : {earlier, last_boot}) {
    EXPECT_THAT(IsAlive(other), IsOkAndHolds(false));
    EXPECT_THAT(SignalProcess(other, SIGKILL),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("does not exist any more")));
    EXPECT_THAT(KillGroup(other, SIGKILL),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("does not exist any more")));
  }
}

TEST(SpawnDetached, StartsASessionLeaderThatIsNobodysChild) {
  OutputPipe output;
  ProcessCommand command = Shell(
      "read pid comm state parent group session rest < /proc/self/stat;"
      "echo $(($$ == session)) $((parent == $STARTER))");
  command.environment = {absl::StrCat("STARTER=", getpid())};
  command.output_fd = output.writer();
  ASSERT_OK(SpawnDetached(command));
  EXPECT_EQ(output.ReadToEnd(), "1 0\n");
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // no child was left behind
}

}  // namespace
}  // namespace baton
