#include "common/config/daemon_config.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

absl::StatusOr<DaemonConfig> Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig("agent.yaml", text));
  DaemonConfig daemon;
  daemon.listen = {"0.0.0.0", 7601};
  RETURN_IF_ERROR(config::ReadFields(node, DaemonFields(&daemon)));
  return daemon;
}

TEST(DaemonFields, KeepDefaults) {
  ASSERT_OK_AND_ASSIGN(const DaemonConfig daemon, Parse("{}"));
  EXPECT_EQ(daemon.listen.ToString(), "0.0.0.0:7601");
  EXPECT_EQ(daemon.identity, "/etc/baton/identity");
  EXPECT_EQ(daemon.log.level, LogLevel::kInfo);
  EXPECT_TRUE(daemon.log.to_stderr);
}

TEST(DaemonFields, ReadEveryKey) {
  ASSERT_OK_AND_ASSIGN(const DaemonConfig daemon,
                       Parse("listen: 127.0.0.11:1\nstate_dir: /s\nidentity: /i\n"
                             "log: {level: warning, file: /l, stderr: false}\n"));
  EXPECT_EQ(daemon.listen.ToString(), "127.0.0.11:1");
  EXPECT_EQ(daemon.state_dir, "/s");
  EXPECT_EQ(daemon.identity, "/i");
  EXPECT_EQ(daemon.log.level, LogLevel::kWarning);
  EXPECT_EQ(daemon.log.file, "/l");
  EXPECT_FALSE(daemon.log.to_stderr);
}

TEST(DaemonFields, TakeRelativePathsFromTheFoldersOfTheFile) {
  ASSERT_OK_AND_ASSIGN(const ConfigNode node,
                       ParseConfig("/lab/fe1/agent.yaml", "state_dir: state\nidentity: /i\n"));
  DaemonConfig daemon;
  ASSERT_OK(config::ReadFields(node, DaemonFields(&daemon)));
  EXPECT_EQ(daemon.state_dir, "/lab/fe1/state");
  EXPECT_EQ(daemon.identity, "/i");
}

TEST(DaemonFields, RefuseWithPlace) {
  const struct {
    const char* text;
    const char* message;
  } kRows[] = {
      {"listen: 7601", "1:9: listen: expected HOST:PORT, got \"7601\""},
      {"log: {level: loud}",
       "1:14: log.level: expected one of debug, info, warning, error, got \"loud\""},
      {"log: {levle: info}", "1:7: log: unknown key \"levle\"; did you mean \"level\"?"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Parse(row.text), StatusIs(absl::StatusCode::kInvalidArgument,
                                          StrEq(absl::StrCat("agent.yaml:", row.message))));
  }
}

}  // namespace
}  // namespace baton
