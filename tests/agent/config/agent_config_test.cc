#include "agent/config/agent_config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StrEq;

constexpr char kRequired[] = "farm_id: prod\nname: fe1\nbackend: systemd\nprofile: standin\n";

TEST(ParseAgentConfig, FillsInDefaults) {
  ASSERT_OK_AND_ASSIGN(const AgentConfig config, ParseAgentConfig("agent.yaml", kRequired));
  EXPECT_EQ(config.farm_id, "prod");
  EXPECT_EQ(config.name, "fe1");
  EXPECT_EQ(config.backend, Backend::kSystemd);
  EXPECT_EQ(config.profile, "standin");
  EXPECT_EQ(config.daemon.listen.ToString(), "0.0.0.0:7601");
  EXPECT_EQ(config.daemon.state_dir, "/var/lib/baton-agent");
  EXPECT_EQ(config.daemon.identity, "/etc/baton/identity");
  EXPECT_THAT(config.variables, testing::IsEmpty());
}

TEST(PlatformListenAddress, IsEveryAddressUnlessHostsShareAMachine) {
  const struct {
    const char* agent;
    const char* platform;
  } kRows[] = {{"0.0.0.0", "0.0.0.0"}, {"192.0.2.7", "0.0.0.0"},   {"::", "::"},
               {"2001:db8::7", "::"},  {"fe1.example", "0.0.0.0"}, {"127.0.0.3", "127.0.0.3"},
               {"::1", "::1"},         {"localhost", "localhost"}};
  for (const auto& row : kRows) {
    AgentConfig config;
    config.daemon.listen.host = row.agent;
    EXPECT_EQ(PlatformListenAddress(config), row.platform);
  }
}

TEST(LoadAgentConfig, ReadsTheSamples) {
  const std::string samples = BATON_SOURCE_DIR "/deploy/samples/";
  ASSERT_OK_AND_ASSIGN(const AgentConfig config,
                       LoadAgentConfig(PosixFileSystem(), samples + "agent.yaml"));
  EXPECT_EQ(config.backend, Backend::kOutsystemsJava);
  EXPECT_THAT(config.variables, ElementsAre(Pair("platform", "/srv/outsystems/platform")));
  ASSERT_OK_AND_ASSIGN(const AgentConfig windows,
                       LoadAgentConfig(PosixFileSystem(), samples + "agent-windows.yaml"));
  EXPECT_EQ(windows.backend, Backend::kWindows);
  EXPECT_THAT(windows.variables, ElementsAre(Pair("platform", "D:\\OutSystems\\Platform Server")));
  EXPECT_FALSE(windows.daemon.log.to_stderr);
}

TEST(ParseAgentConfig, ProfilesOfOnesOwnAreTakenFromTheFolderOfTheFile) {
  const struct {
    const char* profile;
    const char* resolved;
  } kRows[] = {{"site.yaml", "/etc/baton/site.yaml"},
               {"./site", "/etc/baton/./site"},
               {"/opt/site", "/opt/site"},
               {"standin", "standin"}};
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(
        const AgentConfig config,
        ParseAgentConfig(
            "/etc/baton/agent.yaml",
            absl::StrCat("{farm_id: f, name: n, backend: standin, profile: ", row.profile, "}")));
    EXPECT_EQ(config.profile, row.resolved);
  }
}

TEST(ParseAgentConfig, RefusesWithPlace) {
  const struct {
    std::string text;
    const char* message;
  } kRows[] = {
      {"farm_id: prod\n", "1:1: missing \"name\""},
      {absl::StrCat(kRequired, "stat_dir: x\n"),
       "5:1: unknown key \"stat_dir\"; did you mean \"state_dir\"?"},
      {"{farm_id: f, name: n, backend: upstart, profile: p}",
       "1:32: backend: expected one of systemd, windows, outsystems-java, standin, got "
       "\"upstart\""},
      {absl::StrCat(kRequired, "variables: {a: [b]}\n"),
       "5:16: variables.a: expected text, got a list"},
      {absl::StrCat(kRequired, "log: {file: }\n"), "5:7: log.file: expected text, got nothing"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(ParseAgentConfig("agent.yaml", row.text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StrEq(absl::StrCat("agent.yaml:", row.message))));
  }
}

}  // namespace
}  // namespace baton
