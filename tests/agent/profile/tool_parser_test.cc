#include "gmock/gmock.h"
#include "tests/agent/profile/small_profile.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

TEST(ParseToolSpec, RefusesWithPlace) {
  const Refusal kRows[] = {
      {"'${home}/tool', ", "", "14:3: tools[0]: \"${argument.password}\" is not an absolute path"},
      {"['${home}/tool', '${argument.password}', '${argument.file}', '${argument.file}']\n"
       "  parameters: [{name: file, kind: file}, {name: password, kind: secret}]",
       "[]", "14:3: tools[0]: an empty command"},
      {"'${home}/tool', '${argument", "'${home}/${argument",
       "14:3: tools[0]: the program cannot come with a call"},
      {"{name: file, kind: file}, ", "",
       "14:53: tools[0].command[2]: \"${argument.file}\" is not among the tool's parameters"},
      {"[{name: file", "[{name: user, kind: text}, {name: file",
       "15:16: tools[0].parameters[0]: no argument of the command holds \"${argument.user}\""},
      {"kind: secret}]", "kind: secret}, {name: file, kind: text}]",
       "15:74: tools[0].parameters[2]: a second parameter \"file\""},
      {"kind: secret}]", "kind: word}]",
       "15:65: tools[0].parameters[1].kind: expected one of text, secret, file, got \"word\""},
      {"{name: file, kind", "{name: license-file, kind",
       "15:23: tools[0].parameters[0].name: expected a name of a-z, 0-9 and '_', of at most 40 "
       "bytes, got \"license-file\""},
      {"tool: install-license", "tool: format-disk",
       "13:9: tools[0].tool: \"format-disk\" is none of: apply-configuration, "
       "install-service-center, create-cache-service, read-serial, read-zones, install-license, "
       "republish, apply-settings"},
      {"'${argument.file}', '${argument.file}'", "'${file}'",
       "14:53: tools[0].command[2]: unknown variable \"${file}\"; known are: home"},
      {"timeout: 1m", "timeout: 1m\n  expected_duration: 2m",
       "17:3: tools[0]: longer than the timeout"},
      {"timeout: 1m", "timeout: 1m\n  success_exit_codes: []",
       "17:3: tools[0]: no exit code means success"},
      {"timeout: 1m", "timeout: 25h",
       "16:12: tools[0].timeout: expected a time span like 30s or 15m, from 1s to 24h, got "
       "\"25h\""},
      {"timeout: 1m", "timeout: 1m\n  proven: maybe",
       "17:11: tools[0].proven: expected one of simulated, lab, real, got \"maybe\""},
  };
  for (const Refusal& row : kRows) ExpectRefused(row);
}

TEST(ParseToolSpec, AnotherCommandMayTakeOtherValues) {
  ASSERT_OK_AND_ASSIGN(
      const Profile profile,
      Resolve("base: outsystems11-dotnet\n"
              "tools:\n- tool: install-license\n  command: ['C:\\x', '${argument.license_file}']\n"
              "  parameters: [{name: license_file, kind: file}]\n"));
  EXPECT_EQ(profile.Find(plan::v1::INSTALL_LICENSE)->parameters.size(), 1u);
}

}  // namespace
}  // namespace baton
