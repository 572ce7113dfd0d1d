// Runs the driver against real programs on real pseudo-terminals.

#include "agent/dialog/dialog_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog_arguments.h"
#include "common/fs/file_system.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Minutes(1);  // far more than anything here takes

// Asks for two services as the vendor's configurator does, on its terminal, and writes what it was
// told into the file "told".
constexpr char kConfigurator[] = R"(
[ -t 0 ] && [ -t 1 ] || { echo "not on a terminal"; exit 9; }
for name in Controller Scheduler; do
  printf 'Enable the OutSystems %s Service? (Y/N): ' "$name" > /dev/tty
  read answer < /dev/tty
  echo "$name=$answer" >> told
done
echo done)";

class DialogProgramTest : public testing::Test {
 protected:
  absl::StatusOr<Process> Start(const std::string& script, absl::Duration silence) {
    DialogArguments arguments;
    arguments.dialog = {{{"Controller Service*(Y/N)", "Y"}, {"Scheduler Service*(Y/N)", "N"}},
                        silence};
    arguments.timeout = kPatience;
    arguments.command = {"/bin/sh", "-c", script};
    const FileDescriptor output(
        open(path("output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ProcessCommand command;
    command.argv = {BATON_DIALOG_PROGRAM};
    for (const std::string& word : FormatDialogArguments(arguments)) command.argv.push_back(word);
    command.environment = {"PATH=/usr/bin:/bin"};
    command.working_directory = folder_.path();
    command.output_fd = output.get();
    command.dies_with_parent = true;
    return Process::Spawn(command);
  }

  // Its exit code.
  int Run(const std::string& script, absl::Duration silence = kPatience) {
    absl::StatusOr<Process> process = Start(script, silence);
    EXPECT_OK(process.status());
    if (!process.ok()) return -1;
    EXPECT_OK(process->WaitForEnd(kPatience));
    const absl::StatusOr<ProcessExit> exit = process->Collect();
    EXPECT_OK(exit.status());
    return exit.ok() ? exit->code : -1;
  }

  std::string path(const std::string& name) const { return folder_ / name; }
  std::string Read(const std::string& name) {
    return PosixFileSystem().ReadFile(path(name), 1 << 20).value_or("");
  }

  TempFolder folder_;
};

TEST_F(DialogProgramTest, AnswersAProgramOnItsTerminal) {
  EXPECT_EQ(Run(kConfigurator), 0) << Read("output");
  EXPECT_EQ(Read("told"), "Controller=Y\nScheduler=N\n");
  EXPECT_EQ(Read("output"),
            "Enable the OutSystems Controller Service? (Y/N): Y\n"
            "Enable the OutSystems Scheduler Service? (Y/N): N\n"
            "done\n");
}

TEST_F(DialogProgramTest, GivesTheProgramsOwnExitCode) {
  EXPECT_EQ(Run("echo no such service; exit 3"), 3);
  EXPECT_EQ(Run("kill -9 $$"), 128 + SIGKILL);
}

TEST_F(DialogProgramTest, StopsAtAnUnexpectedPromptAndKillsBeforeTheTerminalGoes) {
  const std::string script = absl::StrCat(
      "trap 'echo hangup >> told' HUP\n",
      "printf 'Erase everything? '; read answer; echo \"erased=$answer\" >> told\n", kConfigurator);
  EXPECT_EQ(Run(script, absl::Seconds(1)), kDialogStoppedExitCode);
  EXPECT_EQ(Read("told"), "") << "the program lived on";
  EXPECT_THAT(Read("output"), HasSubstr("stopped: unexpected prompt \"Erase everything?\""));
}

TEST_F(DialogProgramTest, IsIncompleteWhenAQuestionDoesNotCome) {
  EXPECT_EQ(Run("printf 'Controller Service (Y/N)'; read answer"), kDialogStoppedExitCode);
  EXPECT_THAT(Read("output"), HasSubstr("it ended without asking \"Scheduler Service*(Y/N)\""));
}

TEST_F(DialogProgramTest, TheProgramDiesWithItsDriver) {
  // The named pipe shows that the program has come up, and then that it is gone.
  ASSERT_EQ(mkfifo(path("alive").c_str(), 0600), 0);
  ASSERT_OK_AND_ASSIGN(Process process,
                       Start("exec 3> alive; read answer; echo \"$answer\" > told", kPatience));
  const FileDescriptor alive(open(path("alive").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_OK(SignalProcess(process.identity(), SIGTERM));
  char byte = 0;
  EXPECT_EQ(read(alive.get(), &byte, 1), 0);
  ASSERT_OK(process.WaitForEnd(kPatience));
  EXPECT_OK(process.Collect().status());
  EXPECT_EQ(Read("told"), "");
}

TEST_F(DialogProgramTest, SaysWhatIsWrongWithItsArguments) {
  EXPECT_EQ(RunDialog({"--nonsense"}), kDialogStoppedExitCode);
}

TEST_F(DialogProgramTest, SaysThatThereIsNoSuchProgram) {
  DialogArguments arguments;
  arguments.timeout = kPatience;
  arguments.command = {"/nowhere/serviceconfigurator.sh"};
  testing::internal::CaptureStdout();
  EXPECT_EQ(RunDialog(FormatDialogArguments(arguments)), kDialogStoppedExitCode);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace baton
