#include "agent/profile/build_command.h"

#include <string>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::StrEq;

ToolSpec License() {
  ToolSpec tool;
  tool.tool = plan::v1::INSTALL_LICENSE;
  tool.command = {"tool", "--file=${argument.file}", "${argument.user}:${argument.file}"};
  for (const char* name : {"file", "user"}) tool.parameters.emplace_back().set_name(name);
  return tool;
}

TEST(BuildCommand, AValueStaysOneArgumentWhateverItHolds) {
  EXPECT_THAT(BuildCommand(License(), {{"file", "a b\"; rm"}, {"user", "${argument.file}"}}),
              IsOkAndHolds(ElementsAre("tool", "--file=a b\"; rm", "${argument.file}:a b\"; rm")));
}

TEST(BuildCommand, RefusesMissingSurplusAndBrokenValuesWithoutShowingThem) {
  EXPECT_THAT(BuildCommand(License(), {{"file", "secret"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("tool install-license: missing argument \"user\"")));
  EXPECT_THAT(BuildCommand(License(), {{"file", "a"}, {"user", "b"}, {"x", "secret"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("tool install-license: takes no argument \"x\"")));
  EXPECT_THAT(BuildCommand(License(), {{"file", std::string("a\0b", 3)}, {"user", "b"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("tool install-license: zero byte in argument \"file\"")));
}

}  // namespace
}  // namespace baton
