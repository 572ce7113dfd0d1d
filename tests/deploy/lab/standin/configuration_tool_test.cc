#include "deploy/lab/standin/configuration_tool.h"

#include <ostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton::standin {
namespace {

using testing::HasSubstr;

using Words = std::vector<std::string>;

struct CommandLineCase {
  Words words;
  Words tools;
};
void PrintTo(const CommandLineCase& row, std::ostream* out) {
  *out << testing::PrintToString(row.words);
}

class FlagsTest : public testing::Test {
 protected:
  TempFolder folder_;
  HostState state_{folder_.path()};
};

class GoodFlags : public FlagsTest, public testing::WithParamInterface<CommandLineCase> {};

TEST_P(GoodFlags, AskForTools) {
  ASSERT_OK_AND_ASSIGN(const std::vector<Tool> tools,
                       ParseConfigurationToolFlags(state_, GetParam().words));
  Words names;
  for (const Tool& tool : tools) names.push_back(tool.name);
  EXPECT_EQ(names, GetParam().tools);
}

INSTANTIATE_TEST_SUITE_P(
    All, GoodFlags,
    testing::Values(
        CommandLineCase{{"/UpgradeInstall"}, {"apply-configuration"}},
        CommandLineCase{{"/upgradeINSTALL", "password"}, {"apply-configuration"}},
        CommandLineCase{{"/SCInstall", "/UpgradeInstall"},
                        {"apply-configuration", "install-service-center"}},
        CommandLineCase{{"/SCInstall", "/InstallServiceCenter"}, {"install-service-center"}},
        CommandLineCase{{"/createupgradecacheinvalidationservice"}, {"create-cache-service"}},
        CommandLineCase{{"/UpgradeInstall", "/WithWindowsAuthentication", "pw"},
                        {"apply-configuration"}},
        CommandLineCase{{"/ApplySettingsFactory"}, {"apply-settings"}},
        CommandLineCase{{"/GetSerial"}, {"read-serial"}},
        CommandLineCase{{"/GetDeploymentZones"}, {"read-zones"}},
        CommandLineCase{{"/UploadLicense", "/tmp/a.lic", "admin", "pw"}, {"install-license"}}));

struct BadCommandLine {
  Words words;
  std::string complaint;
};
void PrintTo(const BadCommandLine& row, std::ostream* out) {
  *out << testing::PrintToString(row.words);
}

class BadFlags : public FlagsTest, public testing::WithParamInterface<BadCommandLine> {};

TEST_P(BadFlags, EndWithUsage) {
  std::ostringstream out;
  EXPECT_EQ(RunConfigurationTool(state_, GetParam().words, out), kUsageExitCode);
  EXPECT_THAT(out.str(), HasSubstr(GetParam().complaint));
  EXPECT_THAT(out.str(), HasSubstr("Usage"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadFlags,
    testing::Values(BadCommandLine{{}, "No option"},
                    BadCommandLine{{"/Nonsense"}, "Unknown option /Nonsense"},
                    BadCommandLine{{"UpgradeInstall"}, "Unknown option"},
                    BadCommandLine{{"/GetSerial", "/UpgradeInstall"}, "cannot be combined"},
                    BadCommandLine{{"/UpgradeInstall", "/ApplySettingsFactory"},
                                   "cannot be combined"},
                    BadCommandLine{{"/UploadLicense", "file"}, "needs 3 arguments"},
                    BadCommandLine{{"/WithWindowsAuthentication", "pw"}, "No option"}));

struct FaultCase {
  std::string fault;
  int exit_code;
  std::string output;
};
void PrintTo(const FaultCase& row, std::ostream* out) { *out << row.fault; }

class FaultyTool : public FlagsTest, public testing::WithParamInterface<FaultCase> {};

TEST_P(FaultyTool, BehavesAsItsFaultSays) {
  ASSERT_OK(state_.Write("faults/apply-configuration", GetParam().fault));
  ASSERT_OK(state_.Write("knobs/tool_seconds", "0"));
  std::ostringstream out;
  EXPECT_EQ(RunConfigurationTool(state_, {"/UpgradeInstall"}, out), GetParam().exit_code);
  EXPECT_THAT(out.str(), HasSubstr(GetParam().output));
}

// Without a fault there is nothing to apply in an empty folder: a lie succeeds there all the same.
INSTANTIATE_TEST_SUITE_P(All, FaultyTool,
                         testing::Values(FaultCase{"", 1, "Error: "},
                                         FaultCase{"fail 7", 7, "unexpected error"},
                                         FaultCase{"fail 300", 255, "unexpected error"},
                                         FaultCase{"lie", 0, "Configuration applied successfully."},
                                         FaultCase{"flood 5000", 1, std::string(1000, 'x')},
                                         FaultCase{"nonsense", 1, "not a fault"}));

TEST_F(FlagsTest, PrintsTheSerialAndNothingElse) {
  for (const auto& [name, word] : {std::pair("name", "fe1"), std::pair("address", "127.0.0.11"),
                                   std::pair("serial", "ABC-DEF")}) {
    ASSERT_OK(state_.Write(name, word));
  }
  ASSERT_OK(state_.Write("knobs/tool_seconds", "0"));
  std::ostringstream out;
  EXPECT_EQ(RunConfigurationTool(state_, {"/GetSerial"}, out), 0);
  EXPECT_EQ(out.str(), "ABC-DEF\n");
  ASSERT_OK(state_.Write("knobs/printed_serial", "GHI"));
  EXPECT_EQ(RunConfigurationTool(state_, {"/GetSerial"}, out), 0);
  EXPECT_EQ(out.str(), "ABC-DEF\nGHI\n");
}

TEST_F(FlagsTest, OspToolAndScInstallerRefuseWhatTheyDoNotKnow) {
  std::ostringstream out;
  EXPECT_EQ(RunOspTool(state_, {"/Publish", "x.osp"}, out), kUsageExitCode);
  EXPECT_EQ(RunScInstaller(state_, {"-file", "Other.oml"}, out), kUsageExitCode);
}

}  // namespace
}  // namespace baton::standin
