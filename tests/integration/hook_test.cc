// Commands of the site, run by real programs: they are told about the run, and they can hold it up.

#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr char kHookStep[] = "before-repoint/@coordinator/pool";

class HookTest : public testing::Test {
 protected:
  std::string Folder() { return farm_.lab().layout().coordinator_folder(); }

  // Writes a script and returns its path.
  std::string Script(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(Folder(), "/", name);
    std::ofstream(path) << "#!/bin/sh\n" << text;
    chmod(path.c_str(), 0700);
    return path;
  }

  // Gives the farm file hooks and starts the Baton coordinator anew.
  void UseHooks(const std::string& yaml) {
    farm_.Stop("coordinator", SIGTERM);
    std::ofstream(Folder() + "/farm.yaml", std::ios::app) << "hooks:\n" << yaml;
    farm_.Start("coordinator");
  }

  std::vector<std::string> Lines(const std::string& name) {
    std::ifstream file(absl::StrCat(Folder(), "/", name));
    std::ostringstream text;
    text << file.rdbuf();
    return absl::StrSplit(text.str(), '\n', absl::SkipEmpty());
  }

  LiveFarm farm_{2};
};

TEST_F(HookTest, ACommandLearnsAboutTheRunAndItsOutputIsSeen) {
  const std::string program =
      Script("note", absl::StrCat("env > ", Folder(), "/environment-$BATON_HOOK-$BATON_HOST\n",
                                  "echo \"$BATON_HOOK says $1 about ${BATON_HOST:-the farm}\"\n"));
  UseHooks(absl::StrCat("- {name: pool, at: 'before-host:repoint', command: ['", program,
                        "', 'a word']}\n", "- {name: dns, at: 'after:service-center', command: ['",
                        program, "', switched]}\n",
                        "- {name: other, at: 'before:repoint', command: ['", program, "'], ",
                        "procedures: [activate-passive]}\n"));
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd move = farm_.Move("fe2");
  EXPECT_EQ(move.exit_code, 0) << move.output;
  EXPECT_THAT(move.output,
              AllOf(HasSubstr("repoint/fe1/before-pool"), HasSubstr("pool says a word about fe1"),
                    HasSubstr("dns says switched about the farm"), Not(HasSubstr("hook other"))));
  farm_.ExpectMoved(before, "fe2");
  const std::string run = RunIn(move.output);
  EXPECT_THAT(
      Lines("environment-pool-fe1"),
      IsSupersetOf({absl::StrCat("BATON_RUN=", run), std::string("BATON_HOST=fe1"),
                    std::string("BATON_PROCEDURE=move-controller"),
                    std::string("BATON_STAGE=repoint"), std::string("BATON_OLD_CONTROLLER=fe1"),
                    std::string("BATON_NEW_CONTROLLER=fe2")}));
  EXPECT_THAT(Lines("environment-dns-"),
              IsSupersetOf({std::string("BATON_HOST="), std::string("BATON_HOOK=dns")}));
  // What became of it is in the journal.
  const CommandEnd explained = farm_.Baton({"explain", run, "repoint/fe1/before-pool"});
  EXPECT_THAT(explained.output,
              AllOf(HasSubstr("exit code 0"), HasSubstr("pool says a word about fe1")));
}

TEST_F(HookTest, ACommandThatFailsPausesTheRunUntilAPersonDecides) {
  const std::string answer = Folder() + "/answer";
  std::ofstream(answer) << "11";
  const std::string program =
      Script("pool", absl::StrCat("echo pool web is locked >&2\nexit \"$(cat ", answer, ")\"\n"));
  UseHooks(absl::StrCat(
      "- {name: tell, at: 'before:stand-down', command: [/bin/false], on_failure: warn}\n",
      "- {name: pool, at: 'before:repoint', command: ['", program, "']}\n"));
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd move = farm_.Move("fe2");
  EXPECT_EQ(move.exit_code, 11) << move.output;
  const std::string run = RunIn(move.output);
  EXPECT_THAT(move.output,
              AllOf(HasSubstr("before-stand-down/@coordinator/tell"),
                    HasSubstr("failed, and only warns: exit code 1"),
                    HasSubstr("exit code 11: pool web is locked"),
                    HasSubstr(absl::StrCat("baton --coordinator")),
                    HasSubstr(absl::StrCat(" resume ", run, " --step ", kHookStep, " --retry")),
                    HasSubstr(absl::StrCat(" resume ", run, " --step ", kHookStep, " --accept"))));
  // Nothing behind the hook was touched.
  EXPECT_EQ(farm_.Count("tool-started apply-configuration fe2"), 0u);
  std::ofstream(answer) << "0";
  const CommandEnd resumed =
      farm_.Baton({"resume", run, "--step", kHookStep, "--retry", "--reason", "unlocked"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  farm_.ExpectMoved(before, "fe2");
}

TEST_F(HookTest, ACommandThatRanWhenTheCoordinatorDiedIsNotRunAgainByItself) {
  const std::string fifo = Folder() + "/fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const std::string program =
      Script("slow", absl::StrCat("echo begun >> ", Folder(), "/begun\nread word < ", fifo, "\n"));
  UseHooks(absl::StrCat("- {name: pool, at: 'before:repoint', command: ['", program, "']}\n"));
  farm_.BeginMove("fe2");
  {
    // Opening it waits until the script reads, so that it is surely under way.
    const std::ofstream writer(fifo);
    farm_.Stop("coordinator", SIGKILL);
  }
  farm_.Start("coordinator");
  const CommandEnd move = farm_.Finish();
  EXPECT_EQ(move.exit_code, 11) << move.output;
  EXPECT_THAT(move.output,
              AllOf(HasSubstr("interrupted"), HasSubstr("nobody knows whether it did its work")));
  EXPECT_THAT(Lines("begun"), ElementsAre("begun"));
  EXPECT_THAT(FindProcesses({program}), testing::IsEmpty());
  const std::string run = RunIn(move.output);
  const CommandEnd resumed =
      farm_.Baton({"resume", run, "--step", kHookStep, "--accept", "--reason", "looked at it"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
}

TEST_F(HookTest, ACommandThatCannotBeRunRefusesTheRun) {
  UseHooks("- {name: pool, at: 'before:repoint', command: [/nowhere/pool]}\n");
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd move = farm_.Move("fe2");
  EXPECT_EQ(move.exit_code, 10) << move.output;
  EXPECT_THAT(move.output, HasSubstr("hook-not-runnable: hook pool: /nowhere/pool: No such file"));
  EXPECT_THAT(farm_.Baton({"check"}).output, HasSubstr("hook-not-runnable"));
  EXPECT_EQ(farm_.Look().events, before.events);
}

}  // namespace
}  // namespace baton
