#include "agent/profile/builtin_profiles.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "agent/config/agent_config.h"
#include "agent/profile/profile.h"
#include "agent/profile/profile_parser.h"
#include "common/fs/file_system.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using plan::v1::ToolParameter;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<std::pair<std::string, ToolParameter::Kind>> ParametersOf(const Profile& profile,
                                                                      plan::v1::Tool tool) {
  std::vector<std::pair<std::string, ToolParameter::Kind>> parameters;
  for (const ToolParameter& parameter : profile.Find(tool)->parameters) {
    parameters.emplace_back(parameter.name(), parameter.kind());
  }
  return parameters;
}

absl::StatusOr<Profile> Load(const std::string& reference,
                             const std::map<std::string, std::string>& variables = {}) {
  return LoadProfile(PosixFileSystem(), reference, variables);
}

class BuiltinProfileTest : public testing::TestWithParam<BuiltinProfile> {};

// What holds for every profile, or planners could not rely on it.
TEST_P(BuiltinProfileTest, KeepsWhatProceduresRelyOn) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load(std::string(GetParam().name)));
  EXPECT_EQ(profile.name, GetParam().name);
  ASSERT_GE(profile.services.size(), 3u);
  EXPECT_EQ(profile.services[0].service, plan::v1::CONTROLLER);
  EXPECT_EQ(profile.services[1].service, plan::v1::DEPLOYMENT);
  EXPECT_EQ(profile.services[2].service, plan::v1::SCHEDULER);
  for (const ServiceSpec& spec : profile.services) {
    EXPECT_EQ(spec.farm_exclusive, spec.service == plan::v1::CONTROLLER);
    EXPECT_EQ(spec.restarts_with_platform, spec.service != plan::v1::CACHE);
  }
  const ToolSpec* apply = profile.Find(plan::v1::APPLY_CONFIGURATION);
  ASSERT_NE(apply, nullptr);
  EXPECT_TRUE(apply->repeatable);
  EXPECT_TRUE(apply->farm_exclusive);
  const ToolSpec* install = profile.Find(plan::v1::INSTALL_SERVICE_CENTER);
  ASSERT_NE(install, nullptr);
  EXPECT_FALSE(install->repeatable);
  EXPECT_TRUE(install->farm_exclusive);
  EXPECT_TRUE(profile.service_center_ping.has_value());
  EXPECT_EQ(profile.configuration.database_sections.size(), 3u);
}

INSTANTIATE_TEST_SUITE_P(All, BuiltinProfileTest, testing::ValuesIn(BuiltinProfiles()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(BuiltinProfiles, StandinRunsTheStandInsProgram) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load("standin", {{"state", "/lab/fe1"}}));
  EXPECT_THAT(profile.Find(plan::v1::APPLY_CONFIGURATION)->command,
              ElementsAre("/usr/bin/platform-standin", "configuration-tool", "--state", "/lab/fe1",
                          "/UpgradeInstall"));
  EXPECT_EQ(profile.configuration.path, "/lab/fe1/server.hsconf");
  EXPECT_EQ(profile.configuration.private_key, "/lab/fe1/private.key");
  EXPECT_EQ(profile.serial->file, "/lab/fe1/serial");
  EXPECT_EQ(WeakestProof(profile), Proven::kLab);
}

TEST(BuiltinProfiles, DotnetRunsTheDocumentedCommands) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load("outsystems11-dotnet"));
  const std::string tool = "C:\\Program Files\\OutSystems\\Platform Server\\ConfigurationTool.com";
  EXPECT_THAT(profile.Find(plan::v1::APPLY_CONFIGURATION)->command,
              ElementsAre(tool, "/UpgradeInstall"));
  EXPECT_THAT(profile.Find(plan::v1::INSTALL_SERVICE_CENTER)->command,
              ElementsAre(tool, "/InstallServiceCenter"));
  EXPECT_THAT(profile.Find(plan::v1::CREATE_CACHE_SERVICE)->command,
              ElementsAre(tool, "/CreateUpgradeCacheInvalidationService"));
  EXPECT_THAT(profile.Find(plan::v1::INSTALL_LICENSE)->command, Contains("/UploadLicense"));
  EXPECT_THAT(profile.Find(plan::v1::REPUBLISH)->command, Contains("/PublishFactory"));
  EXPECT_EQ(profile.Find(plan::v1::CONTROLLER)->unit, "OutSystems Deployment Controller Service");
  EXPECT_THAT(
      ParametersOf(profile, plan::v1::INSTALL_LICENSE),
      ElementsAre(Pair("license_file", ToolParameter::FILE), Pair("username", ToolParameter::TEXT),
                  Pair("password", ToolParameter::SECRET)));
  EXPECT_THAT(
      ParametersOf(profile, plan::v1::REPUBLISH),
      ElementsAre(Pair("username", ToolParameter::TEXT), Pair("password", ToolParameter::SECRET)));
  EXPECT_FALSE(profile.serial.has_value());
  EXPECT_EQ(WeakestProof(profile), Proven::kSimulated);
}

// What `baton plan --checklist` shows people, in the vendor's words.
TEST(BuiltinProfiles, OfTheVendorKnowHowPeopleDoIt) {
  for (const char* name : {"outsystems11-dotnet", "outsystems10-java"}) {
    ASSERT_OK_AND_ASSIGN(const Profile profile, Load(name));
    for (const ServiceSpec& spec : profile.services) EXPECT_NE(spec.display_name, "") << spec.unit;
    for (const auto& [setting, key] : profile.configuration.settings) {
      EXPECT_TRUE(profile.configuration.by_hand.contains(setting)) << key;
    }
    for (const plan::v1::Tool tool :
         {plan::v1::APPLY_CONFIGURATION, plan::v1::INSTALL_SERVICE_CENTER}) {
      EXPECT_GE(profile.Find(tool)->by_hand.size(), 2u);
    }
    for (const std::string& text : {profile.services_by_hand.start, profile.services_by_hand.stop,
                                    profile.services_by_hand.startup_type}) {
      EXPECT_TRUE(absl::StrContains(text, "$service")) << text;
    }
    EXPECT_TRUE(absl::StrContains(profile.services_by_hand.startup_type, "$type"));
  }
}

TEST(BuiltinProfiles, JavaHasNoCache) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load("outsystems10-java"));
  EXPECT_EQ(profile.Find(plan::v1::CACHE), nullptr);
  EXPECT_EQ(profile.Find(plan::v1::CREATE_CACHE_SERVICE), nullptr);
  EXPECT_EQ(profile.Find(plan::v1::READ_SERIAL), nullptr);
  EXPECT_FALSE(profile.serial.has_value());
}

TEST(BuiltinProfiles, JavaAsksTheInitScriptAndTheConfigurator) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load("outsystems10-java"));
  ASSERT_TRUE(profile.init_script.has_value());
  EXPECT_THAT(profile.init_script->command, ElementsAre("/usr/sbin/service", "outsystems"));
  EXPECT_EQ(profile.init_script->services_file, "/etc/outsystems/os.services.conf");
  EXPECT_EQ(profile.init_script->status_words.at("DISABLED"), plan::v1::STOPPED);
  ASSERT_NE(profile.init_script->Find("LOG"), nullptr);
  EXPECT_EQ(profile.init_script->Find("LOG")->prompt, "OutSystems Log Service*Y*N");
  EXPECT_TRUE(profile.Find(plan::v1::APPLY_CONFIGURATION)->leaves_services);
  // The configurator stops what it disables.
  const ServiceSpec& controller = *profile.Find(plan::v1::CONTROLLER);
  EXPECT_EQ(StartupTypeTimeout(profile, controller), absl::Minutes(10));
  ASSERT_OK_AND_ASSIGN(const Profile standin, Load("standin"));
  EXPECT_EQ(StartupTypeTimeout(standin, controller), absl::ZeroDuration());
}

TEST(SampleProfile, OfTheJavaStackChangesWhatItNames) {
  ASSERT_OK_AND_ASSIGN(const Profile profile,
                       Load(BATON_SOURCE_DIR "/deploy/profiles/outsystems10-java-site.yaml"));
  EXPECT_EQ(profile.init_script->Find("LOG")->title, "OutSystems Log Service");
  EXPECT_EQ(profile.init_script->Find("LOG")->prompt, "Log server*[yes/no]");
  EXPECT_EQ(profile.init_script->units.size(), 5u);
  EXPECT_EQ(profile.init_script->status_words.at("RUNNING"), plan::v1::RUNNING);
  EXPECT_EQ(profile.init_script->configurator.enable, "yes");
  const ToolSpec* apply = profile.Find(plan::v1::APPLY_CONFIGURATION);
  EXPECT_THAT(apply->command, ElementsAre("/opt/outsystems/platform/configurationtool.sh"));
  ASSERT_TRUE(apply->dialog.has_value());
  EXPECT_EQ(apply->dialog->rules[2].count, PromptCount::kAnyNumber);
}

TEST(SampleProfile, ChangesWhatItNames) {
  ASSERT_OK_AND_ASSIGN(const Profile profile,
                       Load(BATON_SOURCE_DIR "/deploy/profiles/outsystems11-dotnet-site.yaml"));
  EXPECT_EQ(profile.Find(plan::v1::CACHE)->unit, "RabbitMQ-OutSystems");
  EXPECT_THAT(profile.Find(plan::v1::REPUBLISH)->success_exit_codes, ElementsAre(0, -4));
  EXPECT_EQ(profile.service_center_ping->port.number, 8080);
}

TEST(SampleAgentConfigs, FitTheirProfiles) {
  const std::string samples = BATON_SOURCE_DIR "/deploy/samples/";
  ASSERT_OK_AND_ASSIGN(const AgentConfig agent,
                       LoadAgentConfig(PosixFileSystem(), samples + "agent.yaml"));
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load(agent.profile, agent.variables));
  EXPECT_EQ(profile.Find(plan::v1::APPLY_CONFIGURATION)->working_directory,
            "/srv/outsystems/platform");
  ASSERT_OK_AND_ASSIGN(const AgentConfig windows,
                       LoadAgentConfig(PosixFileSystem(), samples + "agent-windows.yaml"));
  ASSERT_OK_AND_ASSIGN(const Profile dotnet, Load(windows.profile, windows.variables));
  EXPECT_EQ(dotnet.configuration.path, "D:\\OutSystems\\Platform Server\\server.hsconf");
}

TEST(LabProfile, DrivesTheStandInThroughUnits) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Load(BATON_SOURCE_DIR "/deploy/lab/profile.yaml"));
  EXPECT_EQ(profile.Find(plan::v1::CONTROLLER)->unit, "outsystems-controller.service");
  EXPECT_EQ(profile.configuration.path, "/var/lib/standin/server.hsconf");
}

}  // namespace
}  // namespace baton
