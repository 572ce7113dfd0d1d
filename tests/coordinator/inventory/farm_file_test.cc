#include "coordinator/inventory/farm_file.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StrEq;

TEST(ParseFarmFile, FillsInDefaults) {
  const std::string text =
      "farm_id: prod\n"
      "hosts:\n"
      "- {name: fe1, agent_address: fe1.corp, platform_address: localhost}\n";
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("farm.yaml", text));
  EXPECT_EQ(farm.farm_id, "prod");
  ASSERT_EQ(farm.hosts.size(), 1u);
  EXPECT_TRUE(farm.hosts[0].front_end);
  EXPECT_EQ(farm.hosts[0].agent_address.ToString(), "fe1.corp:7601");
  EXPECT_EQ(farm.hosts[0].platform_address, "localhost");
  EXPECT_FALSE(farm.hosts[0].maintenance.has_value());
  EXPECT_EQ(farm.observe_timeout, absl::Milliseconds(1500));
  EXPECT_EQ(farm.hosts[0].group, plan::v1::GROUP_UNSPECIFIED);
  EXPECT_EQ(farm.drain, absl::ZeroDuration());
  EXPECT_EQ(farm.debts.policy, PayPolicy::kAsk);
  EXPECT_EQ(farm.resume_within, absl::Minutes(15));
  EXPECT_FALSE(farm.coordinator_host.has_value());
  EXPECT_FALSE(farm.target.controller.has_value());
  EXPECT_FALSE(farm.target.farm.has_value());
  EXPECT_EQ(farm.bytes, text);
  EXPECT_EQ(farm.digest, Sha256(text));
}

TEST(LoadFarmFile, ReadsTheSample) {
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, LoadFarmFile(PosixFileSystem(), BATON_SOURCE_DIR
                                                         "/deploy/samples/farm.yaml"));
  ASSERT_EQ(farm.hosts.size(), 3u);
  EXPECT_FALSE(farm.hosts[0].front_end);
  EXPECT_EQ(farm.hosts[1].agent_address.ToString(), "fe1.corp.example:7601");
  EXPECT_THAT(farm.hosts[1].labels, ElementsAre(Pair("rack", "a1")));
  EXPECT_EQ(farm.hosts[1].group, plan::v1::GROUP_ACTIVE);
  EXPECT_EQ(farm.hosts[2].group, plan::v1::GROUP_PASSIVE);
  EXPECT_EQ(farm.drain, absl::Minutes(5));
  EXPECT_EQ(farm.debts.policy, PayPolicy::kWindow);
  EXPECT_EQ(farm.debts.window_begin, absl::Hours(22));
  EXPECT_EQ(farm.hosts[2].agent_address.ToString(), "[2001:db8::12]:7601");
  ASSERT_TRUE(farm.hosts[2].maintenance.has_value());
  EXPECT_EQ(farm.hosts[2].maintenance->who, "ana");
  EXPECT_EQ(farm.hosts[2].maintenance->why, "disk is being replaced");
  ASSERT_NE(farm.Find("fe2"), nullptr);
  EXPECT_EQ(farm.Find("fe2")->platform_address, "10.0.0.12");
  EXPECT_EQ(farm.Find("fe3"), nullptr);
  EXPECT_EQ(farm.target.controller, absl::Minutes(10));
  EXPECT_EQ(farm.target.farm, absl::Minutes(30));
}

TEST(LoadFarmFile, NamesTheFile) {
  FakeFileSystem fs;
  EXPECT_THAT(LoadFarmFile(fs, "/etc/baton/farm.yaml"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/etc/baton/farm.yaml")));
  fs.PutFile("/etc/baton/farm.yaml", "farm_id: Prod\nhosts: []\n");
  EXPECT_THAT(LoadFarmFile(fs, "/etc/baton/farm.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/etc/baton/farm.yaml:1:10: farm_id: expected a name")));
  fs.PutFile("/etc/baton/large.yaml", std::string(kConfigFileSizeBytesMax + 1, ' '));
  EXPECT_THAT(LoadFarmFile(fs, "/etc/baton/large.yaml"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("/etc/baton/large.yaml: more than 1048576 bytes")));
}

// A host with each required key.
constexpr char kFe1[] = "- name: fe1\n  agent_address: fe1:7601\n  platform_address: 10.0.0.1\n";
constexpr char kName[] = "a name (1 to 63 of a-z, 0-9, '.', '-'; first a letter or digit)";

// A file, and what is said of it.
struct Refusal {
  std::string text;
  std::string message;
};

void ExpectRefused(const std::vector<Refusal>& rows) {
  for (const Refusal& row : rows) {
    EXPECT_THAT(ParseFarmFile("farm.yaml", row.text),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq("farm.yaml:" + row.message)))
        << row.text;
  }
}

std::string FarmOfFe1() { return absl::StrCat("farm_id: f\nhosts:\n", kFe1); }

TEST(ParseFarmFile, RefusesHostsWithPlace) {
  const std::string fe1 = FarmOfFe1();
  ExpectRefused({
      {"", "1:1: expected a map, got nothing"},
      {"farm_id: f\n", "1:1: missing \"hosts\""},
      {"farm_id: f\nhosts:\n", "2:1: hosts: expected a list, got nothing"},
      {"farm_id: f\nhosts: []\n", "2:8: hosts: no hosts; a farm has one at least"},
      {"farm_id: F\nhosts: []\n", absl::StrCat("1:10: farm_id: expected ", kName, ", got \"F\"")},
      {"farm_id: f\nhosts: [fe1]\n", "2:9: hosts[0]: expected a map, got \"fe1\""},
      {"farm_id: f\nhosts:\n\t- name: fe1\n",
       "3:1: tab in the indentation; YAML indents with spaces"},
      {"farm_id: f\nfarm_id: g\n", "2:1: duplicate key \"farm_id\", first at line 1"},
      {"farm_id: f\nhosts:\n- name: fe1\n  name: fe2\n",
       "4:3: duplicate key \"name\", first at line 3"},
      {fe1 + "  agent_adress: x\n",
       "6:3: hosts[0]: unknown key \"agent_adress\"; did you mean \"agent_address\"?"},
      {fe1 + "host: x\n", "6:1: unknown key \"host\"; did you mean \"hosts\"?"},
      {"farm_id: f\nhosts:\n- name: fe1\n", "3:3: hosts[0]: missing \"agent_address\""},
      {fe1 + "- name: fe1\n  agent_address: b\n  platform_address: b\n",
       "6:9: hosts[1].name: \"fe1\" is already taken at line 3"},
      {fe1 + "- name: fe2\n  agent_address: FE1\n  platform_address: b\n",
       "7:18: hosts[1].agent_address: \"fe1:7601\" is already taken at line 4"},
      {fe1 + "- name: fe2\n  agent_address: fe2\n  platform_address: 10.0.0.1\n",
       "8:21: hosts[1].platform_address: \"10.0.0.1\" is already taken at line 5"},
      {fe1 + "- name: FE2\n  agent_address: b\n  platform_address: b\n",
       absl::StrCat("6:9: hosts[1].name: expected ", kName, ", got \"FE2\"")},
      {fe1 + "- name: fe2\n  agent_address: 'fe2:'\n  platform_address: b\n",
       "7:18: hosts[1].agent_address: expected HOST:PORT or HOST, got \"fe2:\""},
      {fe1 + "- name: fe2\n  agent_address: fe2\n  platform_address: 10.0.0.256\n",
       "8:21: hosts[1].platform_address: expected an IP address or host name, got "
       "\"10.0.0.256\""},
      {fe1 + "  front_end: no\n", "6:14: hosts[0].front_end: expected true or false, got \"no\""},
      {fe1 + "  group: idle\n",
       "6:10: hosts[0].group: expected one of active, passive, got \"idle\""},
      {fe1 + "  group: active\n  front_end: false\n",
       "6:10: hosts[0].group: only front-ends are in a group"},
      {fe1 + "  maintenance: {since: 2024-05-01, who: ana}\n",
       "6:16: hosts[0].maintenance: missing \"why\""},
      {fe1 + "  maintenance: {since: may, who: ana, why: disk}\n",
       "6:24: hosts[0].maintenance.since: expected a time like 2024-05-01 or "
       "2024-05-01T10:00:00Z, got \"may\""},
      {fe1 + "  labels: [a]\n", "6:11: hosts[0].labels: expected a map, got a list"},
  });
}

TEST(ParseFarmFile, RefusesOptionsWithPlace) {
  const std::string fe1 = FarmOfFe1();
  ExpectRefused({
      {fe1 + "debts: {policy: window}\n",
       "6:9: debts: `policy: window` needs a window, as in `window: \"22:00-04:00\"`"},
      {fe1 + "drain: -5m\n",
       "6:8: drain: expected a time span like 30s or 15m, from 0 to 24h, got \"-5m\""},
      {fe1 + "observe_timeout: 2\n",
       "6:18: observe_timeout: expected a time span like 30s or 15m, from 100ms to 1m, got \"2\""},
      {fe1 + "resume_within: 25h\n",
       "6:16: resume_within: expected a time span like 30s or 15m, from 0 to 24h, got \"25h\""},
      {fe1 + "cache: {port: 0}\n",
       "6:15: cache.port: expected a number from 1 to 65535, got \"0\""},
      {fe1 + "cache: {tls: yes}\n", "6:14: cache.tls: expected true or false, got \"yes\""},
      {fe1 + "cache: {password: x}\n",
       "6:9: cache: unknown key \"password\"; known here: port, virtual_host, username, tls, "
       "tls_name"},
      {fe1 + "cache: {virtual_host: " + std::string(256, 'v') + "}\n",
       "6:23: cache.virtual_host: 256 bytes; at most 255"},
      {fe1 + "secrets: {cache_pasword: file:/a}\n",
       "6:11: secrets: there is no secret \"cache_pasword\"; there is: cache_password"},
      {fe1 + "secrets: {cache_password: hunter2}\n",
       "6:27: secrets.cache_password: expected file:PATH with an absolute path, or env:NAME with "
       "the name of a variable (what stands there is not shown: it may be the secret itself)"},
      {fe1 + "coordinator_host: fe9\n",
       "6:19: coordinator_host: expected the name of one of the hosts, got \"fe9\""},
      {fe1 + "target: {controller: 0s}\n",
       "6:22: target.controller: expected a time span like 30s or 15m, from 1s to 24h, got \"0s\""},
  });
}

TEST(ParseFarmFile, ReadsTheCacheAndItsSecret) {
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("farm.yaml", R"(farm_id: f
hosts: [{name: fe1, agent_address: fe1, platform_address: 10.0.0.1}]
cache: {port: 5671, virtual_host: /prod, username: baton, tls: true, tls_name: cache.corp.example}
secrets: {cache_password: file:/etc/baton/secrets/cache}
)"));
  EXPECT_EQ(farm.cache.port, 5671);
  EXPECT_EQ(farm.cache.virtual_host, "/prod");
  EXPECT_EQ(farm.cache.username, "baton");
  EXPECT_EQ(farm.cache.tls, true);
  EXPECT_EQ(farm.cache.tls_name, "cache.corp.example");
  EXPECT_EQ(farm.secrets.at(kCachePassword).ToString(), "file:/etc/baton/secrets/cache");
}

constexpr char kNoReference[] =
    "expected file:PATH with an absolute path, or env:NAME with the name of a variable (what "
    "stands there is not shown: it may be the secret itself)";

TEST(ParseFarmFile, RefusesLoginAndLicensesWithPlace) {
  const std::string fe1 = FarmOfFe1();
  ExpectRefused({
      {fe1 + "service_center: {username: admin}\n", "6:17: service_center: missing \"password\""},
      {fe1 + "service_center: {password: file:/a}\n", "6:17: service_center: missing \"username\""},
      {fe1 + "service_center: {username: " + std::string(1001, 'u') + ", password: file:/a}\n",
       "6:28: service_center.username: 1001 bytes; at most 1000"},
      {fe1 + "service_center: {username: admin, password: hunter2}\n",
       absl::StrCat("6:45: service_center.password: ", kNoReference)},
      {fe1 + "secrets: {service_center_password: file:/a}\n",
       "6:11: secrets: there is no secret \"service_center_password\"; there is: cache_password"},
      {fe1 + "licenses: {serial: A}\n", "6:11: licenses: expected a list, got a map"},
      {fe1 + "licenses: [{serial: A}]\n", "6:12: licenses[0]: missing \"file\""},
      {fe1 + "licenses: [{file: /a.lic}]\n", "6:12: licenses[0]: missing \"serial\""},
      {fe1 + "licenses:\n- {serial: A, file: /a.lic}\n- {file: /b.lic, serial: A}\n",
       "8:26: licenses[1].serial: \"A\" is already taken at line 7"},
  });
}

TEST(ParseFarmFile, ReadsTheLoginAndStagedLicenses) {
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("/etc/baton/farm.yaml", R"(farm_id: f
hosts: [{name: fe1, agent_address: fe1, platform_address: 10.0.0.1}]
licenses:
- {file: /srv/b.lic, serial: BBBB 2222}
- {serial: AAAA, file: licenses/a.lic}
service_center: {password: env:SC, username: admin}
secrets: {cache_password: file:/etc/baton/secrets/cache}
)"));
  ASSERT_TRUE(farm.service_center.has_value());
  EXPECT_EQ(farm.service_center->username, "admin");
  EXPECT_EQ(farm.secrets.at(kServiceCenterPassword).ToString(), "env:SC");
  EXPECT_EQ(farm.secrets.at(kCachePassword).ToString(), "file:/etc/baton/secrets/cache");
  ASSERT_EQ(farm.licenses.size(), 2u);
  EXPECT_EQ(farm.licenses[0].serial, "BBBB 2222");
  EXPECT_EQ(farm.licenses[0].file, "/srv/b.lic");
  EXPECT_EQ(farm.licenses[1].file, "/etc/baton/licenses/a.lic");
}

TEST(ParseFarmFile, HasALimitOnHosts) {
  std::string text = "farm_id: f\nhosts:\n";
  for (size_t i = 0; i < kFarmHostsMax; ++i) {
    absl::StrAppend(&text, "- {name: h", i, ", agent_address: h", i, ", platform_address: h", i,
                    "}\n");
  }
  EXPECT_OK(ParseFarmFile("farm.yaml", text));
  absl::StrAppend(&text, "- {name: x, agent_address: x, platform_address: x}\n");
  EXPECT_THAT(ParseFarmFile("farm.yaml", text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("farm.yaml:3:1: hosts: 1025 entries; at most 1024")));
}

}  // namespace
}  // namespace baton
