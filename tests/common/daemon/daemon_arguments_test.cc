#include "common/daemon/daemon_arguments.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

TEST(ParseDaemonArguments, ReadsBothSpellings) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--config", "/a"}, std::vector<std::string>{"--config=/a"}}) {
    ASSERT_OK_AND_ASSIGN(const DaemonArguments parsed, ParseDaemonArguments(arguments));
    EXPECT_EQ(parsed.config, "/a");
    EXPECT_FALSE(parsed.help);
    EXPECT_FALSE(parsed.version);
  }
  ASSERT_OK_AND_ASSIGN(const DaemonArguments none, ParseDaemonArguments({}));
  EXPECT_EQ(none.config, "");
  ASSERT_OK_AND_ASSIGN(const DaemonArguments both, ParseDaemonArguments({"--help", "--version"}));
  EXPECT_TRUE(both.help);
  EXPECT_TRUE(both.version);
}

TEST(ParseDaemonArguments, RefusesTheRest) {
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } kRows[] = {
      {{"--config"}, "--config needs a file"},
      {{"--config="}, "--config needs a file"},
      {{"--config", ""}, "--config needs a file"},
      {{"--config", "a", "--config=b"}, "--config is given twice"},
      {{"--conf", "a"}, "unknown argument \"--conf\""},
      {{"a"}, "unknown argument \"a\""},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(ParseDaemonArguments(row.arguments),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq(row.message)));
  }
}

}  // namespace
}  // namespace baton
