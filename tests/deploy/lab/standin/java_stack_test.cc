// A host of the Java stack and its commands, as files that are run: what the vendor's pages say of
// them, and what they say of how they mislead.

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog_arguments.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/deploy/lab/standin/standin_farm.h"
#include "tests/support/status_matchers.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr uint16_t kDatabasePort = 1433;

std::string Address(int host) {
  const int number = static_cast<int>(getpid());
  return absl::StrCat("127.", 1 + number / 250 % 250, ".", 1 + number % 250, ".", host);
}

// A database and the host of the Deployment Controller, booted.
class JavaStackTest : public testing::Test {
 protected:
  JavaStackTest() {
    database_ = std::make_unique<StandinProcess>(
        std::vector<std::string>{"database", "--die-with-parent", "--state", folder_ / "database",
                                 "--listen", absl::StrCat(Address(10), ":", kDatabasePort)});
    EXPECT_TRUE(Eventually([] {
      return ConnectTcp({Address(10), kDatabasePort}, "", kConnectTimeout).ok();
    }));
    EXPECT_EQ(StandinProcess({"init", "--state", host_.state().folder(), "--address", Address(11),
                              "--name", "fe1", "--database",
                              absl::StrCat(Address(10), ":", kDatabasePort), "--controller",
                              Address(11), "--role", "controller", "--stack", "java"})
                  .Wait(),
              0);
    host_.Boot();
    EXPECT_TRUE(host_.Opens(12000));
    EXPECT_TRUE(host_.Opens(12002));
  }

  // Runs one of the platform's commands. Its output is in `output_` then. The exit code.
  int Run(const std::string& script, const std::vector<std::string>& arguments) {
    std::vector<std::string> argv = {host_.state().Path(absl::StrCat("platform/", script))};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return RunProgram(argv);
  }

  // The same, on a terminal, where questions are answered.
  int RunAnswered(const std::string& script, const std::vector<std::string>& arguments,
                  std::vector<DialogRule> answers) {
    DialogArguments dialog;
    dialog.dialog = {std::move(answers), absl::Seconds(5)};
    dialog.timeout = kPatience;
    dialog.command = {host_.state().Path(absl::StrCat("platform/", script))};
    dialog.command.insert(dialog.command.end(), arguments.begin(), arguments.end());
    return RunProgram(DialogCommand(BATON_SCRIPTS_PROGRAM, dialog));
  }

  int RunProgram(const std::vector<std::string>& argv) {
    const std::string path = folder_ / "output";
    const FileDescriptor output(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ProcessCommand command;
    command.argv = argv;
    command.environment = {"PATH=/usr/bin:/bin"};
    command.output_fd = output.get();
    absl::StatusOr<Process> process = Process::Spawn(command);
    EXPECT_OK(process.status());
    if (!process.ok()) return -1;
    EXPECT_OK(process->WaitForEnd(kPatience));
    const absl::StatusOr<ProcessExit> exit = process->Collect();
    output_ = HostState(folder_.path()).Read("output").value_or("");
    return exit.ok() ? exit->code : -1;
  }

  std::string ServicesFile() { return host_.state().Read("os.services.conf").value_or(""); }

  TempFolder folder_;
  StandinHost host_{folder_ / "fe1", Address(11)};
  std::unique_ptr<StandinProcess> database_;
  std::string output_;
};

TEST_F(JavaStackTest, TheInitScriptServesUnits) {
  EXPECT_EQ(Run("service", {"outsystems", "status"}), 0);
  EXPECT_EQ(output_,
            "OutSystems Deployment Controller Service  -  RUNNING\n"
            "OutSystems Deployment Service  -  RUNNING\n"
            "OutSystems Scheduler Service  -  RUNNING\n"
            "OutSystems Log Service  -  RUNNING\n");
  EXPECT_EQ(Run("service", {"outsystems", "stop", "SCHEDULER"}), 0);
  EXPECT_EQ(output_, "OutSystems Scheduler Service  -  STOPPED\n");
  EXPECT_FALSE(host_.Accepts(12002));
  EXPECT_EQ(Run("service", {"outsystems", "start", "SCHEDULER"}), 0);
  EXPECT_TRUE(host_.Opens(12002));
  EXPECT_EQ(Run("service", {"outsystems", "start", "RABBITMQ"}), 2);
  EXPECT_EQ(Run("service", {"sshd", "stop"}), 1);
}

TEST_F(JavaStackTest, TheInitScriptMisleads) {
  // A disabled unit is neither started nor stopped, and nothing of it is an error.
  ASSERT_OK(host_.state().WriteStartupType("scheduler", StartupType::kDisabled));
  EXPECT_EQ(Run("service", {"outsystems", "stop", "SCHEDULER"}), 0);
  EXPECT_EQ(output_, "OutSystems Scheduler Service  -  DISABLED\n");
  EXPECT_TRUE(host_.Accepts(12002));
  // It may say that a service runs which does not.
  ASSERT_OK(host_.state().Write("faults/status-controller", "lie"));
  EXPECT_EQ(Run("service", {"outsystems", "stop", "CONTROLLER"}), 0);
  EXPECT_EQ(output_, "OutSystems Deployment Controller Service  -  RUNNING\n");
  EXPECT_FALSE(host_.Accepts(12000));
  ASSERT_OK(host_.state().Write("faults/init-script", "fail 7"));
  EXPECT_EQ(Run("service", {"outsystems", "status"}), 7);
}

TEST_F(JavaStackTest, BootStartsWhatIsEnabled) {
  ASSERT_OK(host_.state().WriteStartupType("scheduler", StartupType::kDisabled));
  host_.ShutDown();
  host_.Boot();
  EXPECT_TRUE(host_.Opens(12001));
  EXPECT_EQ(host_.Ask(ControlVerb::kQuery, "scheduler").status->state, RunState::kStopped);
  EXPECT_EQ(host_.CodeOf(ControlVerb::kQuery, "cache"), "not-found");
}

TEST_F(JavaStackTest, TheConfiguratorNeedsATerminalAndAllAnswers) {
  EXPECT_EQ(Run("serviceconfigurator.sh", {"-interactive"}), 1);
  EXPECT_THAT(output_, HasSubstr("not on a terminal"));
  const std::string before = ServicesFile();
  EXPECT_NE(
      RunAnswered("serviceconfigurator.sh", {"-interactive"}, {{"Controller Service*Y*N", "N"}}),
      0);
  EXPECT_EQ(ServicesFile(), before);
  EXPECT_EQ(RunAnswered("serviceconfigurator.sh", {"-interactive"},
                        {{"Controller Service*Y*N", "N"},
                         {"Deployment Service*Y*N", "Y"},
                         {"Scheduler Service*Y*N", "Y"},
                         {"Log Service*Y*N", "N"}}),
            0)
      << output_;
  EXPECT_THAT(ServicesFile(), HasSubstr("CONTROLLER=\"DISABLED\"\nDEPLOYER=\"ENABLED\"\n"));
  EXPECT_FALSE(host_.Accepts(12000)) << "what it disables, it stops";
}

TEST_F(JavaStackTest, TheConfigurationToolAppliesSilentlyOrAsks) {
  EXPECT_EQ(Run("configurationtool.sh", {"/silent", "/upgradeinstall"}), 0) << output_;
  EXPECT_EQ(Run("configurationtool.sh", {"/upgradeinstall"}), 2);
  EXPECT_EQ(RunAnswered("configurationtool.sh", {},
                        {{"Controller Server [*]:", "127.9.9.9"},
                         {"Restart*(Y/N)", "N"},
                         {"Service Center*(Y/N)", "N"}}),
            0)
      << output_;
  EXPECT_THAT(host_.state().Read("machine.config").value_or(""),
              HasSubstr("controller_host=127.9.9.9\n"));
  EXPECT_THAT(output_, Not(HasSubstr("Service Center installed")));
}

TEST_F(JavaStackTest, ItsFilesAreThoseOfOutSystems10) {
  const std::string settings = host_.state().Read("server.hsconf").value_or("");
  EXPECT_THAT(settings, HasSubstr("<ServerKind>JBoss</ServerKind>"));
  EXPECT_THAT(settings, HasSubstr("<RMIRegistryPort>2033</RMIRegistryPort>"));
  EXPECT_THAT(settings, Not(HasSubstr("CacheInvalidationConfiguration")));
  EXPECT_FALSE(host_.Accepts(12100));
}

}  // namespace
}  // namespace baton::standin
