// The platform's tools and files misbehave, and people change files behind Baton's back: no run
// calls itself done that is not.

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ToolFaultTest : public testing::Test {
 protected:
  std::string ReadSettings(const std::string& host) {
    std::ifstream file(farm_.Host(host).state + "/server.hsconf");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // A change that a person makes with an editor; returns the new text.
  std::string EditSettings(const std::string& host) {
    const std::string text = absl::StrReplaceAll(
        ReadSettings(host), {{"<WeeksToKeep>4</WeeksToKeep>", "<WeeksToKeep>5</WeeksToKeep>"}});
    EXPECT_NE(text, ReadSettings(host));
    std::ofstream(farm_.Host(host).state + "/server.hsconf", std::ios::trunc) << text;
    return text;
  }

  LiveFarm farm_{2};
};

TEST_F(ToolFaultTest, AToolThatHangsIsEndedAtItsTimeOutAndNothingFollows) {
  farm_.UseProfile("fe2",
                   "tools: [{tool: apply-configuration, timeout: 1s, expected_duration: 1s}]\n");
  ASSERT_OK(farm_.lab().Inject({"fe2", "apply-configuration", "hang"}));
  const CommandEnd end = farm_.Move("fe2");
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output,
              AllOf(HasSubstr("step repoint/fe2/apply unknown: its time ran out and it was ended"),
                    HasSubstr("--retry")));
  EXPECT_THAT(FindProcesses({"/UpgradeInstall", farm_.Host("fe2").state}), IsEmpty());
  EXPECT_EQ(farm_.Count("tool-started apply-configuration fe1"), 0U);
}

TEST_F(ToolFaultTest, AToolThatWritesAGibibyteIsCappedAndSucceeds) {
  ASSERT_OK(farm_.lab().Inject({"fe2", "apply-configuration", "flood 1073741824"}));
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd end = farm_.Move("fe2");
  EXPECT_EQ(end.exit_code, 0) << end.output.substr(0, 10'000);
  EXPECT_LT(end.output.size(), size_t{16} << 20);
  uint64_t stored = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(farm_.Host("fe2").agent + "/state")) {
    if (entry.is_regular_file()) stored += entry.file_size();
  }
  EXPECT_LT(stored, uint64_t{16} << 20);
  farm_.ExpectMoved(before, "fe2");
}

TEST_F(ToolFaultTest, APlanIsRefusedWhenAFileChangedSince) {
  const CommandEnd plan = farm_.Baton({"plan", "move-controller", "--to", "fe2"});
  ASSERT_EQ(plan.exit_code, 0) << plan.output;
  const std::string edited = EditSettings("fe1");
  const CommandEnd refused = farm_.Baton({"run", "--plan", PlanIn(plan.output), "--yes", "fe2"});
  EXPECT_EQ(refused.exit_code, 10) << refused.output;
  EXPECT_THAT(refused.output, AllOf(HasSubstr("the farm moved since plan"), HasSubstr("fe1")));
  EXPECT_EQ(ReadSettings("fe1"), edited);
  EXPECT_EQ(farm_.Count("controller-disconnected fe1"), 0U);
}

TEST_F(ToolFaultTest, AFileThatChangedInTheMiddleOfARunIsNotOverwritten) {
  ASSERT_OK(farm_.lab().Inject({"fe2", "apply-configuration", "slow 1"}));
  farm_.BeginMove("fe2");
  farm_.AwaitEvent("tool-started apply-configuration fe2", 0);
  const std::string edited = EditSettings("fe1");
  const CommandEnd end = farm_.Finish();
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output, HasSubstr("step repoint/fe1/rewrite failed"));
  EXPECT_EQ(ReadSettings("fe1"), edited);
  EXPECT_EQ(farm_.Count("tool-started apply-configuration fe1"), 0U);
}

// --- Lies ---------------------------------------------------------------------------------------

struct Lie {
  const char* name;
  rehearse::LabFault fault;
  const char* step;      // where the run stops
  bool is_slow = false;  // it is found out after a minute
};

constexpr char kShortTimeouts[] =
    "services:\n"
    "  - {service: controller, start_timeout: 2s, stop_timeout: 2s, initialize_timeout: 2s}\n"
    "  - {service: deployment, start_timeout: 2s, initialize_timeout: 2s}\n"
    "  - {service: scheduler, start_timeout: 2s, initialize_timeout: 2s}\n";

void PrintTo(const Lie& lie, std::ostream* out) { *out << lie.name; }

class LieTest : public testing::TestWithParam<Lie> {};

TEST_P(LieTest, IsFoundOut) {
  if (GetParam().is_slow && !LongTests()) GTEST_SKIP() << "BATON_LONG=1 runs it";
  LiveFarm farm(2);
  for (const rehearse::LabHost& host : farm.lab().layout().hosts()) {
    farm.UseProfile(host.name, kShortTimeouts);
  }
  ASSERT_OK(farm.lab().Inject(GetParam().fault));
  const CommandEnd end = farm.Move("fe2");
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output,
              HasSubstr(absl::StrCat("paused (did-not-succeed): step ", GetParam().step, " ")));
}

INSTANTIATE_TEST_SUITE_P(
    , LieTest,
    testing::Values(
        Lie{"Apply", {"fe2", "apply-configuration", "lie"}, "repoint/fe2/start-deployment"},
        Lie{"Install", {"fe2", "install-service-center", "lie"}, "service-center/fe2/ping", true},
        Lie{"Stop", {"fe1", "stop-controller", "lie"}, "stand-down/fe1/stop-controller"},
        Lie{"StartupType",
            {"fe1", "set-startup-type-controller", "lie"},
            "stand-down/fe1/disable-controller"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace baton
