#include "coordinator/config/coordinator_config.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

void ExpectDefaults(const CoordinatorConfig& config) {
  EXPECT_EQ(config.daemon.listen.ToString(), "0.0.0.0:7600");
  EXPECT_EQ(config.daemon.state_dir, "/var/lib/baton-coordinator");
  EXPECT_EQ(config.daemon.identity, "/etc/baton/identity");
  EXPECT_EQ(config.farm_file, "/etc/baton/farm.yaml");
  EXPECT_EQ(config.socket, "/run/baton-coordinator/coordinator.sock");
}

TEST(ParseCoordinatorConfig, EveryKeyHasADefault) {
  ASSERT_OK_AND_ASSIGN(const CoordinatorConfig config, ParseCoordinatorConfig("c.yaml", "{}"));
  ExpectDefaults(config);
}

TEST(LoadCoordinatorConfig, TheSampleShowsTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const CoordinatorConfig config,
                       LoadCoordinatorConfig(PosixFileSystem(),
                                             BATON_SOURCE_DIR "/deploy/samples/coordinator.yaml"));
  ExpectDefaults(config);
}

TEST(ParseCoordinatorConfig, ReadsEveryKey) {
  ASSERT_OK_AND_ASSIGN(
      const CoordinatorConfig config,
      ParseCoordinatorConfig("/lab/c.yaml",
                             "{farm: farm.yaml, socket: run/s, state_dir: state, listen: "
                             "'[::1]:1'}"));
  EXPECT_EQ(config.farm_file, "/lab/farm.yaml");
  EXPECT_EQ(config.socket, "/lab/run/s");
  EXPECT_EQ(config.daemon.state_dir, "/lab/state");
  EXPECT_EQ(config.daemon.listen.host, "::1");
}

TEST(AdvertisedAddress, IsTheOneThatAgentsCanReach) {
  const struct {
    const char* text;
    std::vector<std::string> own_addresses;
    const char* address;
  } kRows[] = {
      {"advertise: baton.corp", {"10.0.0.5"}, "baton.corp:7600"},
      {"{listen: '10.0.0.5:7600', advertise: '10.1.0.5:76'}", {}, "10.1.0.5:76"},
      {"listen: 10.0.0.5:7600", {"10.0.0.5", "10.0.1.5"}, "10.0.0.5:7600"},
      {"{}", {"10.0.0.5", "127.0.0.1", "::1"}, "10.0.0.5:7600"},
      {"listen: '[::]:7700'", {"::1", "fd00::5"}, "[fd00::5]:7700"},
      {"{}", {"10.0.0.5", "10.0.1.5"}, ""},
      {"{}", {}, ""},
  };
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(const CoordinatorConfig config,
                         ParseCoordinatorConfig("c.yaml", row.text));
    EXPECT_EQ(AdvertisedAddress(config, row.own_addresses), row.address) << row.text;
  }
}

TEST(ParseCoordinatorConfig, RefusesWithPlace) {
  const struct {
    const char* text;
    const char* message;
  } kRows[] = {
      {"farms: x", "1:1: unknown key \"farms\"; did you mean \"farm\"?"},
      {"listen: 7600", "1:9: listen: expected HOST:PORT, got \"7600\""},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(
        ParseCoordinatorConfig("c.yaml", row.text),
        StatusIs(absl::StatusCode::kInvalidArgument, StrEq(absl::StrCat("c.yaml:", row.message))));
  }
}

}  // namespace
}  // namespace baton
