#include "coordinator/ctl/rehearse/lab_layout.h"

#include "coordinator/config/coordinator_config.h"
#include "coordinator/inventory/farm_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton::rehearse {
namespace {

using ::testing::HasSubstr;

TEST(LabLayout, GivesRehearsalsThatRunTogetherNetworksOfTheirOwn) {
  const LabLayout one("/tmp/a", "/usr/bin", 2, 700);
  const LabLayout other("/tmp/b", "/usr/bin", 2, 701);
  EXPECT_EQ(one.network(), "127.3.201.0/24");
  EXPECT_EQ(other.network(), "127.3.202.0/24");
  EXPECT_NE(one.farm_id(), other.farm_id());
}

TEST(LabLayout, NamesTheLargestFarm) {
  const LabLayout layout("/tmp/a", "/usr/bin", kLabHostsMax, 4'194'304);
  ASSERT_EQ(layout.hosts().size(), kLabHostsMax);
  EXPECT_EQ(layout.hosts().back().name, "fe30");
  EXPECT_EQ(layout.Find("fe30"), &layout.hosts().back());
  EXPECT_EQ(layout.Find("fe31"), nullptr);
  ASSERT_OK(ParseFarmFile("farm.yaml", layout.FarmFile()).status());
}

TEST(LabLayout, WritesAFarmFileThatTheBatonCoordinatorReads) {
  const LabLayout layout("/tmp/a", "/usr/bin", 3, 700);
  const absl::StatusOr<FarmFile> farm = ParseFarmFile("farm.yaml", layout.FarmFile());
  ASSERT_OK(farm.status());
  EXPECT_EQ(farm->farm_id, "rehearsal-700");
  ASSERT_EQ(farm->hosts.size(), 3U);
  EXPECT_TRUE(farm->hosts[1].front_end);
  EXPECT_EQ(farm->hosts[1].agent_address.ToString(), "127.3.201.12:7601");
  EXPECT_EQ(farm->hosts[1].platform_address, "127.3.201.12");
  EXPECT_EQ(farm->secrets.at(kCachePassword).ToString(), "file:" + layout.cache_password_file());
  EXPECT_EQ(farm->service_center->username, kLabServiceCenterUser);
  EXPECT_EQ(farm->secrets.at(kServiceCenterPassword).ToString(),
            "file:" + layout.service_center_password_file());
  ASSERT_EQ(farm->licenses.size(), 3U);
  EXPECT_EQ(farm->licenses[1].serial, layout.hosts()[1].serial);
  EXPECT_EQ(farm->licenses[1].file, layout.hosts()[1].license);
}

TEST(LabLayout, HasALicenseForTheSerialOfEachHost) {
  const LabLayout layout("/tmp/a", "/usr/bin", 2, 700);
  const LabHost& one = layout.hosts()[0];
  const LabHost& other = layout.hosts()[1];
  EXPECT_NE(one.serial, other.serial);
  EXPECT_EQ(other.license, "/tmp/a/coordinator/licenses/fe2.lic");
  EXPECT_EQ(layout.License(other), "serial=" + other.serial + "\n");
  EXPECT_EQ(layout.ServiceCenterLogin(), "rehearsing a-password-for-service-center\n");
}

TEST(LabLayout, LetsTheLastHostsStandBy) {
  const LabLayout layout("/tmp/a", "/usr/bin", 3, 700, 1);
  EXPECT_FALSE(layout.hosts()[1].passive);
  EXPECT_TRUE(layout.hosts()[2].passive);
  const absl::StatusOr<FarmFile> farm = ParseFarmFile("farm.yaml", layout.FarmFile());
  ASSERT_OK(farm.status());
  EXPECT_EQ(farm->hosts[1].group, plan::v1::GROUP_ACTIVE);
  EXPECT_EQ(farm->hosts[2].group, plan::v1::GROUP_PASSIVE);
}

TEST(LabLayout, GivesAgentsOfTheJavaStackTheProfileOfRealHosts) {
  const LabLayout layout("/tmp/a", "/usr/bin", 2, 700, 0, LabStack::kJava);
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("farm.yaml", layout.FarmFile()));
  EXPECT_EQ(farm.observe_timeout, absl::Seconds(10));
  const std::string config = layout.AgentConfig(layout.hosts().front());
  EXPECT_THAT(config,
              HasSubstr("backend: outsystems-java\nprofile: '/tmp/a/agents/fe1/profile.yaml'"));
  EXPECT_THAT(layout.Profile(), HasSubstr("base: outsystems10-java\n"));
  EXPECT_THAT(config, HasSubstr("  platform: '/tmp/a/hosts/fe1/platform'\n"));
  EXPECT_THAT(config, HasSubstr("  service: '/tmp/a/hosts/fe1/platform/service'\n"));
}

TEST(LabLayout, PutsARelayBeforeAnAgent) {
  LabLayout layout("/tmp/a", "/usr/bin", 3, 700);
  layout.PutRelayBefore("fe2");
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("farm.yaml", layout.FarmFile()));
  EXPECT_EQ(farm.hosts[0].agent_address.ToString(), "127.3.201.11:7601");
  EXPECT_EQ(farm.hosts[1].agent_address.ToString(), "127.3.201.12:7602");
  EXPECT_THAT(layout.AgentConfig(*layout.Find("fe2")), HasSubstr("listen: 127.3.201.12:7601\n"));
}

TEST(LabLayout, HasAProfileOfItsOwnWhereFaultsMakeItWait) {
  LabLayout layout("/tmp/a", "/usr/bin", 2, 700);
  EXPECT_EQ(layout.Profile(), "");
  EXPECT_THAT(layout.AgentConfig(layout.hosts().front()), HasSubstr("profile: standin\n"));
  layout.Hurry();
  EXPECT_THAT(layout.Profile(), HasSubstr("base: standin\n"));
  EXPECT_THAT(layout.AgentConfig(layout.hosts().front()),
              HasSubstr("profile: '/tmp/a/agents/fe1/profile.yaml'\n"));
}

TEST(LabLayout, WritesAConfigurationThatTheBatonCoordinatorReads) {
  const LabLayout layout("/tmp/a b", "/usr/bin", 2, 700);
  const absl::StatusOr<CoordinatorConfig> config =
      ParseCoordinatorConfig("/tmp/a b/coordinator/coordinator.yaml", layout.CoordinatorConfig());
  ASSERT_OK(config.status());
  EXPECT_EQ(config->daemon.listen.ToString(), "127.3.201.1:7600");
  EXPECT_EQ(config->farm_file, "/tmp/a b/coordinator/farm.yaml");
  EXPECT_EQ(config->daemon.identity, "/tmp/a b/pki/issued/main");
}

}  // namespace
}  // namespace baton::rehearse
