#include "agent/profile/variables.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StrEq;

ConfigNode Node(absl::string_view text) {
  const absl::StatusOr<ConfigNode> node = ParseConfig("p.yaml", text);
  EXPECT_OK(node);
  return *node;
}

Variables TwoVariables() {
  const absl::StatusOr<Variables> variables = Variables::Parse(Node("{a: x, b_2: 'C:\\y $1'}"));
  EXPECT_OK(variables);
  return *variables;
}

TEST(Variables, StandForTheirValues) {
  const Variables variables = TwoVariables();
  EXPECT_THAT(variables.Expand(Node("'${a}'")), IsOkAndHolds(std::string("x")));
  EXPECT_THAT(variables.Expand(Node("'-${a}${b_2}-'")), IsOkAndHolds(std::string("-xC:\\y $1-")));
  EXPECT_THAT(variables.Expand(Node("'\\\\h\\C$\\ $$ $ {a}'")),
              IsOkAndHolds(std::string("\\\\h\\C$\\ $$ $ {a}")));
}

TEST(Variables, RefuseReferencesTheyDoNotKnow) {
  const Variables variables = TwoVariables();
  const struct {
    const char* text;
    const char* message;
  } kRows[] = {
      {"'${c}'", "unknown variable \"${c}\"; known are: a, b_2"},
      {"'${}'", "unknown variable \"${}\"; known are: a, b_2"},
      {"'${argument.x}'", "unknown variable \"${argument.x}\"; known are: a, b_2"},
      {"'x ${a'", "\"${\" without its \"}\""},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(variables.Expand(Node(row.text)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StrEq(absl::StrCat("p.yaml:1:1: ", row.message))));
  }
}

TEST(Variables, LeaveArgumentsOfACall) {
  std::vector<std::string> arguments;
  EXPECT_THAT(TwoVariables().ExpandArgument(Node("'${a}=${argument.file}'"), &arguments),
              IsOkAndHolds(std::string("x=${argument.file}")));
  EXPECT_THAT(arguments, ElementsAre("file"));
  EXPECT_THAT(TwoVariables().ExpandArgument(Node("'${argument.A}'"), &arguments),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("unknown variable")));
}

TEST(Variables, CanBeOverriddenWhereTheyExist) {
  Variables variables = TwoVariables();
  ASSERT_OK(variables.Override({{"a", "z"}}));
  EXPECT_THAT(variables.Expand(Node("'${a}'")), IsOkAndHolds(std::string("z")));
  EXPECT_THAT(variables.Override({{"c", "z"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("the profile has no variable \"c\"; it has: a, b_2")));
  EXPECT_THAT(variables.Override({{"a", "${argument.x}"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("variable \"a\": a variable cannot refer to another")));
}

TEST(Variables, RefuseBadNamesAndReferencesInValues) {
  EXPECT_THAT(Variables::Parse(Node("{A: x}")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("p.yaml:1:2: expected a name of a-z, 0-9 and '_', got \"A\"")));
  EXPECT_THAT(Variables::Parse(Node("{a: x, b: '${a}'}")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("p.yaml:1:8: a variable cannot refer to another")));
}

}  // namespace
}  // namespace baton
