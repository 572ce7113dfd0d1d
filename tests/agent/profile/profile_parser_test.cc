#include "agent/profile/profile_parser.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/agent/profile/small_profile.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StrEq;
using ::testing::UnorderedElementsAre;

TEST(ResolveProfile, ReadsAWholeProfile) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Resolve(kSmall));
  EXPECT_EQ(profile.name, "small");
  ASSERT_EQ(profile.services.size(), 1u);
  const ServiceSpec& controller = profile.services[0];
  EXPECT_EQ(controller.service, plan::v1::CONTROLLER);
  EXPECT_EQ(controller.unit, "/opt.service");
  ASSERT_EQ(controller.ports.size(), 2u);
  EXPECT_EQ(controller.ports[0].number, 1);
  EXPECT_EQ(controller.ports[0].setting, "");
  EXPECT_EQ(controller.ports[1].number, 2);
  EXPECT_EQ(controller.ports[1].setting, "S/P");
  EXPECT_EQ(controller.initialized_by, InitializedBy::kAnyPort);
  EXPECT_FALSE(controller.farm_exclusive);
  EXPECT_EQ(profile.configuration.path, "/opt/server.hsconf");
  EXPECT_EQ(profile.configuration.private_key, "");
  EXPECT_THAT(profile.configuration.settings,
              UnorderedElementsAre(Pair(plan::v1::CONTROLLER_HOST, "S/H"),
                                   Pair(plan::v1::CACHE_HOST, "C/H")));
  EXPECT_THAT(profile.configuration.create_missing, ElementsAre(plan::v1::CACHE_HOST));
  ASSERT_EQ(profile.tools.size(), 1u);
  EXPECT_THAT(profile.tools[0].command, ElementsAre("/opt/tool", "${argument.password}",
                                                    "${argument.file}", "${argument.file}"));
  ASSERT_EQ(profile.tools[0].parameters.size(), 2u);
  EXPECT_EQ(profile.tools[0].parameters[0].name(), "file");
  EXPECT_EQ(profile.tools[0].parameters[0].kind(), plan::v1::ToolParameter::FILE);
  EXPECT_EQ(profile.tools[0].parameters[1].name(), "password");
  EXPECT_EQ(profile.tools[0].parameters[1].kind(), plan::v1::ToolParameter::SECRET);
  EXPECT_THAT(profile.tools[0].success_exit_codes, ElementsAre(0));
  EXPECT_FALSE(profile.tools[0].repeatable);
  EXPECT_FALSE(profile.service_center_ping.has_value());
  EXPECT_EQ(profile.digest.size(), 32u);
}

TEST(ResolveProfile, LogsCanSayWhenAServiceIsInitialized) {
  ASSERT_OK_AND_ASSIGN(
      const Profile profile,
      Resolve(absl::StrReplaceAll(
          kSmall, {{"  ports: [1, {setting: S/P, default: 2}]",
                    "  initialized: {log: {path: '${home}/log', pattern: initialized}}"}})));
  EXPECT_EQ(profile.services[0].initialized_by, InitializedBy::kLog);
  EXPECT_EQ(profile.services[0].log_path, "/opt/log");
  EXPECT_EQ(profile.services[0].log_pattern, "initialized");
}

TEST(ResolveProfile, RefusesWithPlace) {
  const Refusal kRows[] = {
      {"name: small", "name: Small",
       "1:7: name: expected a name (1 to 63 of a-z, 0-9, '.', '-'; first a letter or digit), got "
       "\"Small\""},
      {"name: small", "name: small\ntool: []",
       "2:1: unknown key \"tool\"; did you mean \"tools\"?"},
      {"{home: /opt}", "{root: /opt}",
       "5:9: services[0].unit: unknown variable \"${home}\"; known are: root"},
      {"service: controller", "service: compiler",
       "4:12: services[0].service: \"compiler\" is none of: controller, deployment, scheduler, "
       "cache"},
      {"unit: ${home}.service", "unit: ''", "5:9: services[0].unit: expected text, got \"\""},
      {"ports: [1,", "ports: [0,",
       "6:11: services[0].ports[0]: expected a number from 1 to 65535, got \"0\""},
      {"setting: S/P", "setting: S",
       "6:24: services[0].ports[1].setting: expected Section/Key, got \"S\""},
      {"  ports: [1, {setting: S/P, default: 2}]", "  farm_exclusive: true",
       "4:3: services[0]: initialised by its ports, and has none"},
      {"configuration:", "- {service: controller, unit: u, ports: [1]}\nconfiguration:",
       "7:3: services[1]: a second entry for \"controller\""},
      {"controller.host: S/H", "cache.port: S/H",
       "9:13: configuration.settings: missing "
       "\"controller.host\""},
      {"controller.host: S/H", "host: S/H",
       "9:14: configuration.settings: \"host\" is none of: controller.host, cache.host, "
       "cache.port, cache.virtual_host, cache.username, cache.password, cache.tls, "
       "cache.tls_name"},
      {"[cache.host]", "[cache.port]",
       "10:20: configuration.create_missing[0]: expected one of the settings above, got "
       "\"cache.port\""},
      {"version: O/V", "version: O/V/W",
       "11:12: configuration.version: expected Section/Key, got \"O/V/W\""},
      {"path: ${home}/",
       "path: ", "8:9: configuration.path: \"server.hsconf\" is not an absolute path"},
  };
  for (const Refusal& row : kRows) ExpectRefused(row);
}

TEST(ResolveProfile, LaysAFileOverItsBase) {
  ASSERT_OK_AND_ASSIGN(const Profile base, ResolveProfile("p.yaml", "base: standin", {}));
  ASSERT_OK_AND_ASSIGN(const Profile profile, Resolve(R"(base: standin
name: mine
services: [{service: cache, unit: rabbitmq-server.service}]
tools: [{tool: republish, success_exit_codes: [0, -4]}]
service_center_ping: {port: 8080}
)"));
  EXPECT_EQ(base.name, "standin");
  EXPECT_EQ(profile.name, "mine");
  ASSERT_EQ(profile.services.size(), 4u);
  EXPECT_EQ(profile.services[3].unit, "rabbitmq-server.service");
  EXPECT_EQ(profile.services[3].ports[0].number, 5672);
  const ToolSpec* republish = profile.Find(plan::v1::REPUBLISH);
  ASSERT_NE(republish, nullptr);
  EXPECT_THAT(republish->success_exit_codes, ElementsAre(0, -4));
  EXPECT_EQ(republish->command, base.Find(plan::v1::REPUBLISH)->command);
  EXPECT_EQ(profile.service_center_ping->port.number, 8080);
  EXPECT_EQ(profile.service_center_ping->port.setting, "");
  EXPECT_NE(profile.digest, base.digest);
}

TEST(ResolveProfile, ReadsHowPeopleDoItWithoutTakingItForAChange) {
  ASSERT_OK_AND_ASSIGN(const Profile before, Resolve("base: standin"));
  ASSERT_OK_AND_ASSIGN(const Profile profile, Resolve(R"(base: standin
services: [{service: cache, display_name: The Cache}]
services_by_hand: {start: 'start $service', stop: 'stop $service', startup_type: '$service $type'}
configuration: {by_hand: {cache.port: 'tab Cache, Port'}}
tools: [{tool: republish, by_hand: [open it, press the button]}]
)"));
  EXPECT_EQ(profile.Find(plan::v1::CACHE)->display_name, "The Cache");
  EXPECT_EQ(profile.services_by_hand.stop, "stop $service");
  EXPECT_EQ(profile.services_by_hand.startup_type, "$service $type");
  EXPECT_EQ(profile.configuration.by_hand.at(plan::v1::CACHE_PORT), "tab Cache, Port");
  EXPECT_THAT(profile.Find(plan::v1::REPUBLISH)->by_hand,
              ElementsAre("open it", "press the button"));
  EXPECT_EQ(profile.digest, before.digest);
}

TEST(ResolveProfile, RefusesWordsForPeopleWithPlace) {
  EXPECT_THAT(Resolve("base: standin\nservices_by_hand: {start: a, stop: b}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("p.yaml:2:19: services_by_hand: missing \"startup_type\"")));
  EXPECT_THAT(Resolve("base: standin\nconfiguration: {by_hand: {port: x}}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("configuration.by_hand: \"port\" is none of: controller.host")));
}

TEST(ResolveProfile, ReadsWhomACacheIsTrustedBy) {
  ASSERT_OK_AND_ASSIGN(const Profile system, Resolve("base: standin"));
  EXPECT_FALSE(system.cache_tls.has_value());
  ASSERT_OK_AND_ASSIGN(const Profile own,
                       Resolve("base: standin\ncache_tls: {ca_file: '${state}/cache-ca.pem'}"));
  EXPECT_EQ(own.cache_tls->ca_file, "/var/lib/standin/cache-ca.pem");
  EXPECT_THAT(
      Resolve("base: standin\ncache_tls: {ca_file: ca.pem}"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               StrEq("p.yaml:2:22: cache_tls.ca_file: \"ca.pem\" is not an absolute path")));
  EXPECT_THAT(Resolve("base: standin\ncache_tls: {}"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("missing \"ca_file\"")));
}

TEST(ResolveProfile, ReadsWhereTheSerialIs) {
  ASSERT_OK_AND_ASSIGN(const Profile profile,
                       Resolve("base: standin\nserial: {file: '${state}/other'}"));
  EXPECT_EQ(profile.serial->file, "/var/lib/standin/other");
  EXPECT_THAT(Resolve("base: standin\nserial: {file: serial}"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("p.yaml:2:16: serial.file: \"serial\" is not an absolute path")));
}

TEST(ResolveProfile, NamesTheFileThatAWrongValueStandsIn) {
  EXPECT_THAT(
      Resolve("base: standin\ntools:\n- tool: republish\n  timeout: never\n"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               StrEq("p.yaml:4:12: tools[6].timeout: expected a time span like 30s or 15m, from "
                     "1s to 24h, got \"never\"")));
  EXPECT_THAT(Resolve("base: outsystems12\n"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("p.yaml:1:7: base: expected a built-in profile (outsystems10-java, "
                             "outsystems11-dotnet, standin), got \"outsystems12\"")));
}

TEST(ResolveProfile, PathsMayBeThoseOfWindows) {
  for (const char* home : {"C:\\os", "d:/os", "\\\\server\\os", "/os"}) {
    EXPECT_OK(ResolveProfile("p.yaml", kSmall, {{"home", home}})) << home;
  }
  for (const char* home : {"C:os", "os", "\\os", "~"}) {
    EXPECT_THAT(ResolveProfile("p.yaml", kSmall, {{"home", home}}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is not an absolute path")));
  }
}

TEST(ResolveProfile, TakesVariablesFromTheAgent) {
  ASSERT_OK_AND_ASSIGN(const Profile profile,
                       ResolveProfile("p.yaml", kSmall, {{"home", "/srv/os"}}));
  EXPECT_EQ(profile.configuration.path, "/srv/os/server.hsconf");
  EXPECT_THAT(ResolveProfile("p.yaml", kSmall, {{"hom", "x"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("the profile has no variable \"hom\"; it has: home")));
}

TEST(LoadProfile, ReadsBuiltInOnesAndFiles) {
  FakeFileSystem fs;
  fs.PutFile("/etc/baton/site.yaml", "{base: standin, name: site}");
  ASSERT_OK_AND_ASSIGN(const Profile standin, LoadProfile(fs, "standin", {}));
  EXPECT_EQ(standin.name, "standin");
  ASSERT_OK_AND_ASSIGN(const Profile site, LoadProfile(fs, "/etc/baton/site.yaml", {}));
  EXPECT_EQ(site.name, "site");
  EXPECT_THAT(LoadProfile(fs, "/etc/baton/other.yaml", {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/etc/baton/other.yaml")));
  EXPECT_THAT(LoadProfile(fs, "standing", {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("no profile \"standing\" is built in; there are: outsystems10-java, "
                             "outsystems11-dotnet, standin")));
}

// Each row is laid over the stand-in's profile.
// The login of the stand-in's republish, with a password that is no secret.
constexpr char kPasswordAsText[] =
    "tools: [{tool: republish, parameters: [{name: username, kind: text}, "
    "{name: password, kind: text}]}]";

TEST(CanonicalText, EverythingWithAnEffectMovesTheDigest) {
  std::vector<std::string> digests;
  for (const char* overlay :
       {"name: standin",
        "name: x",
        "variables: {state: /x}",
        "services: [{service: cache, unit: x}]",
        "services: [{service: cache, ports: [1]}]",
        "services: [{service: cache, initialized: ports-any}]",
        "services: [{service: cache, initialized: {log: {path: /a, pattern: b}}}]",
        "services: [{service: cache, initialized: {log: {path: /b, pattern: b}}}]",
        "services: [{service: cache, initialized: {log: {path: /a, pattern: c}}}]",
        "services: [{service: cache, start_timeout: 7s}]",
        "services: [{service: cache, initialize_timeout: 7s}]",
        "services: [{service: cache, stop_timeout: 7s}]",
        "services: [{service: cache, restarts_with_platform: true}]",
        "services: [{service: cache, farm_exclusive: true}]",
        "services: [{service: cache, proven: real}]",
        "configuration: {path: /x}",
        "configuration: {private_key: /x}",
        "configuration: {settings: {cache.host: A/B}}",
        "configuration: {create_missing: []}",
        "configuration: {database_sections: []}",
        "configuration: {excluded_from_digest: []}",
        "configuration: {version: A/B}",
        "configuration: {proven: real}",
        "tools: [{tool: republish, command: [/x], parameters: []}]",
        kPasswordAsText,
        "serial: {file: /x}",
        "serial: {proven: real}",
        "tools: [{tool: republish, working_directory: /x}]",
        "tools: [{tool: republish, success_exit_codes: [1]}]",
        "tools: [{tool: republish, timeout: 7m}]",
        "tools: [{tool: republish, expected_duration: 7s}]",
        "tools: [{tool: republish, repeatable: true}]",
        "tools: [{tool: republish, farm_exclusive: true}]",
        "tools: [{tool: republish, proven: real}]",
        "service_center_ping: {path: /x}",
        "service_center_ping: {port: 7}",
        "service_center_ping: {text: x}",
        "service_center_ping: {proven: real}",
        "cache_tls: {ca_file: /x}",
        "cache_tls: {ca_file: /y}",
        "cache_tls: {ca_file: /y, proven: real}"}) {
    ASSERT_OK_AND_ASSIGN(const Profile profile,
                         Resolve(absl::StrCat("base: standin\n", overlay, "\n")));
    for (const std::string& digest : digests) EXPECT_NE(profile.digest, digest) << overlay;
    digests.push_back(profile.digest);
  }
}

TEST(CanonicalText, SourcesAndSpellingDoNotMoveTheDigest) {
  ASSERT_OK_AND_ASSIGN(const Profile plain, Resolve("base: standin"));
  ASSERT_OK_AND_ASSIGN(const Profile same,
                       Resolve("base: standin\nservices: [{service: cache, source: 'a wiki'}]\n"
                               "tools: [{tool: republish, timeout: 300s}]\n"));
  EXPECT_EQ(plain.digest, same.digest);
}

// ---- Init scripts and dialogs

constexpr char kScript[] = R"(init_script:
  command: [/sbin/service, os]
  services_file: /etc/os.conf
  status_words: {UP: running}
  startup_types_by: services-file
  units: [{unit: C, title: C Service}]
)";

// The small profile with its service as a unit of the init script.
std::string WithScript(const std::vector<std::pair<std::string, std::string>>& changes = {}) {
  const std::string text =
      absl::StrCat(absl::StrReplaceAll(kSmall, {{"unit: ${home}.service", "unit: C"}}), kScript);
  return absl::StrReplaceAll(text, changes);
}

TEST(InitScript, IsPartOfTheDigestWhereItIsSet) {
  ASSERT_OK_AND_ASSIGN(const Profile profile, Resolve(WithScript()));
  ASSERT_TRUE(profile.init_script.has_value());
  EXPECT_EQ(profile.init_script->units[0].prompt, "C Service*Y*N");
  ASSERT_OK_AND_ASSIGN(const Profile other,
                       Resolve(WithScript({{"{UP: running}", "{UP: stopped}"}})));
  EXPECT_NE(profile.digest, other.digest);
  ASSERT_OK_AND_ASSIGN(const Profile without, Resolve(kSmall));
  EXPECT_THAT(CanonicalText(without), testing::Not(HasSubstr("init_script")));
}

TEST(InitScript, IsRefusedWithAReason) {
  const struct {
    std::string from;
    std::string to;
    std::string complaint;
  } rows[] = {
      {"{unit: C,", "{unit: D,", "units: none is \"C\", which controller is"},
      {"{unit: C, title: C Service}", "{unit: C, title: a}, {unit: C, title: b}", "a second entry"},
      {"{unit: C,", "{unit: 'C D',", "letters, digits and '_'"},
      {"title: C Service", "title: '**'", "not every question fits"},
      {"[/sbin/service, os]", "[service]", "not an absolute path"},
      {"[/sbin/service, os]", "[]", "an empty command"},
      {"services-file", "configurator", "there is none"},
      {"running}", "fine}", "one of running, stopped"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Resolve(WithScript({{row.from, row.to}})).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.complaint)))
        << row.to;
  }
}

TEST(Dialog, BelongsToItsTool) {
  const std::string tool = absl::StrCat(kSmall, R"(  leaves_services: true
  dialog: {silence_timeout: 5s, answers: [{prompt: 'Home*:', answer: '${home}'},
    {prompt: sure, answer: Y, comes: at-most-once}]}
)");
  ASSERT_OK_AND_ASSIGN(const Profile profile, Resolve(tool));
  ASSERT_TRUE(profile.tools[0].dialog.has_value());
  EXPECT_EQ(profile.tools[0].dialog->rules[0].answer, "/opt");
  EXPECT_EQ(profile.tools[0].dialog->rules[1].count, PromptCount::kAtMostOnce);
  EXPECT_EQ(profile.tools[0].dialog->silence_timeout, absl::Seconds(5));
  ASSERT_OK_AND_ASSIGN(const Profile without, Resolve(kSmall));
  EXPECT_NE(profile.digest, without.digest);
  EXPECT_THAT(Resolve(absl::StrReplaceAll(tool, {{"'Home*:'", "\"a\\nb\""}})).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("on one line")));
}

}  // namespace
}  // namespace baton
