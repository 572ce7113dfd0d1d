// License and modules at the end of a move: a staged license, one that a person brings to a gate,
// and the republication, with daemons that die in between.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kGate[] = "license/fe2/provide";
constexpr char kInstall[] = "license/fe2/install";

class LicenseMoveTest : public testing::Test {
 protected:
  // Takes the license of fe2 from where it is staged, to where a person may have it from.
  std::string TakeLicense() {
    const std::string portal = farm_.lab().layout().folder() + "/from-the-portal.lic";
    std::filesystem::rename(farm_.Host("fe2").license, portal);
    return portal;
  }

  // Writes a license for `serial` to `path`.
  static void WriteLicense(const std::string& path, const std::string& serial) {
    std::ofstream(path, std::ios::trunc) << "serial=" << serial << "\n";
  }

  CommandEnd Approve(const std::string& run, const std::string& file) {
    return farm_.Baton({"approve", run, kGate, "--file", file, "--reason", "from the portal"});
  }

  // The move is over, and did each of its last steps once.
  void ExpectLicensedAndPublished(const rehearse::SeenFarm& before) {
    farm_.ExpectMoved(before, "fe2");
    EXPECT_EQ(farm_.Count(absl::StrCat("license-installed ", farm_.Host("fe2").serial, " fe2")),
              1U);
    EXPECT_EQ(farm_.Count("tool-started republish fe2"), 1U);
    EXPECT_EQ(farm_.Count("tool-finished republish fe2"), 1U);
    EXPECT_THAT(farm_.Look().leaks, IsEmpty());
  }

  LiveFarm farm_{2};
};

TEST_F(LicenseMoveTest, OneThatLiesReadyIsInstalledBeforeModulesArePublished) {
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd end = farm_.Move("fe2");
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("License uploaded successfully"),
                                HasSubstr("Factory published successfully"),
                                Not(HasSubstr(rehearse::kLabServiceCenterPassword))));
  ExpectLicensedAndPublished(before);
}

// Between the person's answer and what follows from it, too: the file comes back from the journal.
TEST_F(LicenseMoveTest, IsWaitedForWhateverDiesMeanwhile) {
  const std::string file = TakeLicense();
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd waiting = farm_.Move("fe2");
  EXPECT_EQ(waiting.exit_code, 12) << waiting.output;
  EXPECT_THAT(waiting.output, HasSubstr(absl::StrCat("serial ", farm_.Host("fe2").serial)));
  const std::string run = RunIn(waiting.output);

  farm_.Stop("coordinator", SIGKILL);
  // Its first append is the take-over, its second the answer.
  farm_.SetCoordinatorCrash("2 after");
  farm_.Start("coordinator");
  EXPECT_EQ(farm_.Baton({"gates"}).exit_code, 12);
  farm_.Begin({"approve", run, kGate, "--file", file, "--reason", "from the portal"});
  int deaths = 0;
  const CommandEnd answered = farm_.Finish([this, &deaths](const std::string& daemon) {
    EXPECT_EQ(daemon, "coordinator");
    ++deaths;
    farm_.SetCoordinatorCrash("");
  });
  EXPECT_EQ(deaths, 1) << answered.output;
  std::filesystem::remove(file);  // nobody needs it any more
  const CommandEnd end = farm_.Baton({"runs", "watch", run});
  EXPECT_EQ(end.exit_code, 0) << end.output;
  ExpectLicensedAndPublished(before);
}

TEST_F(LicenseMoveTest, OneForAnotherSerialIsRefusedAndAskedForAgain) {
  const std::string file = TakeLicense();
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd waiting = farm_.Move("fe2");
  ASSERT_EQ(waiting.exit_code, 12) << waiting.output;
  const std::string run = RunIn(waiting.output);
  const CommandEnd refused = Approve(run, farm_.Host("fe1").license);
  EXPECT_EQ(refused.exit_code, 11) << refused.output;
  EXPECT_THAT(refused.output,
              AllOf(HasSubstr(absl::StrCat("step ", kInstall, " failed")),
                    HasSubstr(absl::StrCat("resume ", run, " --step ", kGate, " --retry"))));
  EXPECT_EQ(farm_.Baton({"resume", run, "--step", kGate, "--retry", "--reason", "the wrong one"})
                .exit_code,
            12);
  const CommandEnd end = Approve(run, file);
  EXPECT_EQ(end.exit_code, 0) << end.output;
  ExpectLicensedAndPublished(before);
}

TEST_F(LicenseMoveTest, AFileThatChangedSinceThePlanIsRefused) {
  const CommandEnd plan = farm_.Baton({"plan", "move-controller", "--to", "fe2"});
  ASSERT_EQ(plan.exit_code, 0) << plan.output;
  WriteLicense(farm_.Host("fe2").license, "ANOTHER");
  const CommandEnd refused = farm_.Baton({"run", "--plan", PlanIn(plan.output), "--yes", "fe2"});
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("Baton coordinator: was `license "));
}

TEST_F(LicenseMoveTest, AFileThatChangedInTheMiddleOfARunIsNotInstalled) {
  const rehearse::SeenFarm before = farm_.Look();
  ASSERT_OK(farm_.lab().Inject({"fe2", "apply-configuration", "slow 1"}));
  farm_.BeginMove("fe2");
  farm_.AwaitEvent("tool-started apply-configuration fe2", 0);
  WriteLicense(farm_.Host("fe2").license, "ANOTHER");
  const CommandEnd paused = farm_.Finish();
  EXPECT_EQ(paused.exit_code, 11) << paused.output;
  EXPECT_THAT(paused.output, HasSubstr("is another file than the plan rests on"));
  EXPECT_EQ(farm_.Count("license-installed ANOTHER fe2"), 0U);
  std::ofstream(farm_.Host("fe2").license, std::ios::trunc)
      << farm_.lab().layout().License(farm_.Host("fe2"));
  const CommandEnd end = farm_.Baton({"resume", RunIn(paused.output), "--step", kInstall, "--retry",
                                      "--reason", "the file is back"});
  EXPECT_EQ(end.exit_code, 0) << end.output;
  ExpectLicensedAndPublished(before);
}

TEST_F(LicenseMoveTest, RepublishingGoesOnWhileBothDaemonsAreRestarted) {
  const rehearse::SeenFarm before = farm_.Look();
  ASSERT_OK(farm_.lab().Inject({"fe2", "republish", "slow 3"}));
  farm_.BeginMove("fe2");
  farm_.AwaitEvent("tool-started republish fe2", 0);
  for (const char* daemon : {"coordinator", "agent-fe2"}) {
    farm_.Stop(daemon, SIGKILL);
    farm_.Start(daemon);
  }
  const CommandEnd end = farm_.Finish();
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(end.output, HasSubstr("Factory published successfully"));
  ExpectLicensedAndPublished(before);
}

// As on a server without Service Studio.
TEST_F(LicenseMoveTest, AHostWithoutTheToolThatPublishesIsFoundBefore) {
  farm_.UseProfile("fe2",
                   "tools:\n  - tool: republish\n    command: [/nowhere/OSPTool.com, "
                   "'${argument.username}', '${argument.password}']\n");
  const CommandEnd refused = farm_.Move("fe2");
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, HasSubstr("tool-missing, fe2: the profile on fe2 has no republish"));
  EXPECT_EQ(farm_.Count("controller-disconnected fe1"), 0U);
  EXPECT_EQ(farm_.Baton({"plan", "move-controller", "--to", "fe2", "--republish", "apply-settings"})
                .exit_code,
            0);
}

TEST_F(LicenseMoveTest, ModulesAreLeftAloneWhereSomebodySaysWhy) {
  const CommandEnd end =
      farm_.Baton({"run", "move-controller", "--to", "fe2", "--yes", "fe2", "--republish", "none",
                   "--reason", "they are published on Monday"});
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(end.output,
              HasSubstr("still to do by hand: P2.7 In Service Center, republish all applications: "
                        "left out by --republish none: they are published on Monday"));
  EXPECT_EQ(farm_.Count("tool-started republish fe2"), 0U);
}

}  // namespace
}  // namespace baton
