#include "coordinator/inventory/farm_hook.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "coordinator/inventory/farm_file.h"
#include "gmock/gmock.h"
#include "tests/support/fake_file_system.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StrEq;

constexpr char kPath[] = "/etc/baton/farm.yaml";

std::string FarmWith(const std::string& hooks) {
  return absl::StrCat("farm_id: f\nhosts: [{name: a, agent_address: a, platform_address: a}]\n",
                      "hooks: ", hooks, "\n");
}

absl::StatusOr<FarmHook> Parse(const std::string& hook) {
  const absl::StatusOr<FarmFile> farm = ParseFarmFile("farm.yaml", FarmWith(hook));
  if (!farm.ok()) return farm.status();
  return farm->hooks.front();
}

TEST(ParseHooks, FillsInDefaults) {
  ASSERT_OK_AND_ASSIGN(const FarmHook hook,
                       Parse("[{name: lb-1, at: 'before-host:repoint', command: [/bin/lb]}]"));
  EXPECT_EQ(hook.name, "lb-1");
  EXPECT_EQ(hook.place, HookPlace::kBeforeHost);
  EXPECT_EQ(hook.stage, "repoint");
  EXPECT_EQ(hook.Position(), "before-host:repoint");
  EXPECT_THAT(hook.command, ElementsAre("/bin/lb"));
  EXPECT_EQ(hook.timeout, absl::Minutes(1));
  EXPECT_FALSE(hook.warn_only);
  EXPECT_FALSE(hook.repeatable);
  EXPECT_THAT(hook.procedures, IsEmpty());
  EXPECT_TRUE(hook.AppliesTo(plan::v1::ACTIVATE_PASSIVE));
}

TEST(ParseHooks, ReadsEverything) {
  ASSERT_OK_AND_ASSIGN(
      const FarmHook hook,
      Parse("[{name: dns, at: 'after:service-center', command: [/bin/dns, 'a b', '--x=$y'], "
            "timeout: 1h, on_failure: warn, repeatable: true, procedures: [move-controller]}]"));
  EXPECT_EQ(hook.Position(), "after:service-center");
  EXPECT_THAT(hook.command, ElementsAre("/bin/dns", "a b", "--x=$y"));
  EXPECT_EQ(hook.timeout, absl::Hours(1));
  EXPECT_TRUE(hook.warn_only);
  EXPECT_TRUE(hook.repeatable);
  EXPECT_TRUE(hook.AppliesTo(plan::v1::MOVE_CONTROLLER));
  EXPECT_FALSE(hook.AppliesTo(plan::v1::MOVE_CONTROLLER_AND_CACHE));
}

// A list of hooks, and what is said of it.
struct Refusal {
  std::string hooks;
  std::string message;
};

TEST(ParseHooks, RefusesWithPlace) {
  const std::string stages =
      "preflight, stand-down, promote, witness, repoint, exclude-lost, service-center, license, "
      "republish, prove, withdraw, hand-back, restore, confirm, drain, activate, deployment";
  const std::string ok = "name: a, command: [/a]";
  const Refusal rows[] = {
      {"{}", "3:8: hooks: expected a list, got a map"},
      {"[{name: a, command: [/a]}]", "3:9: hooks[0]: missing \"at\""},
      {"[{name: a, at: 'before:prove'}]", "3:9: hooks[0]: missing \"command\""},
      {"[{name: A.b, at: 'before:prove', command: [/a]}]",
       "3:16: hooks[0].name: expected a name (1 to 63 of a-z, 0-9, '-'), got \"A.b\""},
      {"[{name: a, at: 'before:prove', command: [/a]}, {name: a, at: 'before:prove', command: "
       "[/a]}]",
       "3:62: hooks[1].name: \"a\" is already taken at line 3"},
      {absl::StrCat("[{", ok, ", at: prove}]"),
       "3:38: hooks[0].at: expected before:STAGE, after:STAGE, before-host:STAGE or "
       "after-host:STAGE, got \"prove\""},
      {absl::StrCat("[{", ok, ", at: 'during:prove'}]"),
       "3:38: hooks[0].at: expected before:STAGE, after:STAGE, before-host:STAGE or "
       "after-host:STAGE, got \"during:prove\""},
      {absl::StrCat("[{", ok, ", at: 'before:proof'}]"),
       absl::StrCat("3:38: hooks[0].at: no procedure has a stage \"proof\"; there are ", stages)},
      {"[{name: a, at: 'before:prove', command: []}]", "3:48: hooks[0].command: no program"},
      {"[{name: a, at: 'before:prove', command: [lb, x]}]",
       "3:48: hooks[0].command: \"lb\" is not an absolute path; no shell looks for the program"},
      {absl::StrCat("[{", ok, ", at: 'before:prove', timeout: 2h}]"),
       "3:63: hooks[0].timeout: expected a time span like 30s or 15m, from 1s to 1h, got \"2h\""},
      {absl::StrCat("[{", ok, ", at: 'before:prove', on_failure: ignore}]"),
       "3:66: hooks[0].on_failure: expected one of abort, warn, got \"ignore\""},
      {absl::StrCat("[{", ok, ", at: 'before:prove', procedures: []}]"),
       "3:66: hooks[0].procedures: no procedure; leave it out for all of them"},
      {absl::StrCat("[{", ok, ", at: 'before:prove', procedures: [move]}]"),
       "3:67: hooks[0].procedures[0]: \"move\" is none of: activate-passive, move-controller, "
       "move-controller-and-cache"},
      {absl::StrCat("[{", ok, ", at: 'before:prove', when: now}]"),
       "3:54: hooks[0]: unknown key \"when\"; known here: name, at, command, timeout, on_failure, "
       "repeatable, procedures"},
  };
  for (const Refusal& row : rows) {
    EXPECT_THAT(Parse(row.hooks).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq("farm.yaml:" + row.message)))
        << row.hooks;
  }
}

TEST(ParseHooks, HasLimits) {
  std::string hooks = "[";
  for (size_t i = 0; i <= kHooksMax; ++i) {
    absl::StrAppend(&hooks, "{name: h", i, ", at: 'after:prove', command: [/a]},");
  }
  EXPECT_THAT(Parse(hooks + "]"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("65 entries; at most 64")));
  std::string words;
  for (size_t i = 0; i <= kHookArgumentsMax; ++i) absl::StrAppend(&words, "/a, ");
  EXPECT_THAT(Parse(absl::StrCat("[{name: a, at: 'after:prove', command: [", words, "]}]")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("65 entries; at most 64")));
}

// The commented lines of the sample, from "# hooks:" on.
TEST(ParseHooks, TheSampleCanBeUsed) {
  ASSERT_OK_AND_ASSIGN(
      const std::string sample,
      PosixFileSystem().ReadFile(BATON_SOURCE_DIR "/deploy/samples/farm.yaml", size_t{1} << 20));
  std::string text;
  bool in_hooks = false;
  for (absl::string_view line : absl::StrSplit(sample, '\n')) {
    in_hooks = line == "# hooks:" || (in_hooks && !line.empty());
    if (in_hooks) absl::ConsumePrefix(&line, "# ");
    absl::StrAppend(&text, line, "\n");
  }
  ASSERT_OK_AND_ASSIGN(const FarmFile farm, ParseFarmFile("farm.yaml", text));
  ASSERT_EQ(farm.hooks.size(), 4u);
  EXPECT_EQ(farm.hooks[0].Position(), "before-host:repoint");
  EXPECT_TRUE(farm.hooks[0].repeatable);
  EXPECT_TRUE(farm.hooks[3].warn_only);
}

TEST(CheckHookSource, RefusesAFileThatOthersMayChange) {
  FakeFileSystem fs;
  const std::string text = FarmWith("[{name: a, at: 'after:prove', command: [/a]}]");
  fs.PutFile(kPath, text, 0644);
  EXPECT_OK(LoadFarmFile(fs, kPath));
  for (const uint32_t mode : {0664u, 0646u}) {
    fs.PutFile(kPath, text, mode);
    EXPECT_THAT(LoadFarmFile(fs, kPath),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         HasSubstr("run: chmod go-w /etc/baton/farm.yaml")));
  }
  // Without hooks nothing in it is carried out here.
  fs.PutFile(kPath, FarmWith("[]"), 0666);
  EXPECT_OK(LoadFarmFile(fs, kPath));
}

TEST(CheckHookSource, WantsTheFileToBelongToRootOrTheCoordinator) {
  FakeFileSystem fs;
  fs.PutFile(kPath, "", 0644);
  ASSERT_OK(fs.SetOwnerAndMode(kPath, 1000, 1000, 0644));
  EXPECT_OK(CheckHookSource(fs, kPath, 1000));
  EXPECT_THAT(CheckHookSource(fs, kPath, 1001),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("belongs to user 1000")));
  ASSERT_OK(fs.SetOwnerAndMode(kPath, 0, 0, 0644));
  EXPECT_OK(CheckHookSource(fs, kPath, 1001));
}

}  // namespace
}  // namespace baton
