#include "agent/operation/tool_values.h"

#include <string>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using agent::v1::ToolValue;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StrEq;

ToolValue Text(const std::string& name, const std::string& text) {
  ToolValue value;
  value.set_name(name);
  value.set_text(text);
  return value;
}

ToolValue Secret(const std::string& name, const std::string& secret) {
  ToolValue value;
  value.set_name(name);
  value.set_secret(secret);
  return value;
}

ToolValue File(const std::string& name, const std::string& bytes) {
  ToolValue value;
  value.set_name(name);
  value.set_file(bytes);
  return value;
}

TEST(CheckToolValues, TakesWhatKeepsToTheLimits) {
  EXPECT_OK(CheckToolValues({}));
  EXPECT_OK(CheckToolValues({Text("a", std::string(kToolTextBytesMax, 'x')), Text("b", ""),
                             Secret("c", std::string(kToolSecretBytesMax, 'x')), Secret("d", ""),
                             File("e", std::string(kToolFileBytesMax, '\0')), File("f", "")}));
}

TEST(CheckToolValues, NamesTheParameterAndNeverTheValue) {
  const std::string zero("s3\0cret", 7);
  ToolValue none;
  none.set_name("a");
  const struct {
    ToolValues values;
    const char* message;
  } kRows[] = {
      {{none}, "values: \"a\" has no value"},
      {{Text("a", "x"), Text("a", "s3cret")}, "values: \"a\" stands there twice"},
      {{Text("a", "s3\ncret")}, "values: \"a\" is not one line of text"},
      {{Text("a", zero)}, "values: \"a\" is not one line of text"},
      {{Secret("a", zero)}, "values: \"a\" has a zero byte"},
      {{Text("a", std::string(1001, 'x'))}, "values: \"a\" has 1001 bytes; at most 1000"},
      {{Secret("a", std::string(4097, 'x'))}, "values: \"a\" has 4097 bytes; at most 4096"},
      {{File("a", std::string((1 << 20) + 1, 'x'))},
       "values: \"a\" has 1048577 bytes; at most 1048576"},
      {ToolValues(17, Text("a", "")), "values: has 17 entries; at most 16"},
      {{Text("a\n", "\n")}, "values: \"a\\n\" is not one line of text"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(CheckToolValues(row.values),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq(row.message)));
  }
}

TEST(MatchToolValues, WantsEachParameterInItsKindAndNothingElse) {
  plan::v1::ToolProfile tool;
  tool.set_tool(plan::v1::INSTALL_LICENSE);
  tool.add_parameters()->set_name("license");
  tool.mutable_parameters(0)->set_kind(plan::v1::ToolParameter::FILE);
  tool.add_parameters()->set_name("password");
  tool.mutable_parameters(1)->set_kind(plan::v1::ToolParameter::SECRET);
  EXPECT_OK(MatchToolValues(tool, {Secret("password", "x"), File("license", "y")}));
  const struct {
    ToolValues values;
    const char* message;
  } kRows[] = {
      {{}, "values: \"license\" is missing, which tool install-license takes as a file"},
      {{File("license", "y")},
       "values: \"password\" is missing, which tool install-license takes as a secret"},
      {{File("license", "y"), Text("password", "x")},
       "values: \"password\" is a text, and tool install-license takes a secret"},
      {{Secret("license", "y"), Secret("password", "x")},
       "values: \"license\" is a secret, and tool install-license takes a file"},
      {{File("license", "y"), Secret("password", "x"), Text("user", "z")},
       "values: \"user\" is no parameter of tool install-license"},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(MatchToolValues(tool, row.values),
                StatusIs(absl::StatusCode::kInvalidArgument, StrEq(row.message)));
  }
}

TEST(ToolValuesText, IsEqualForEqualValuesWhateverTheirOrder) {
  const std::string text =
      ToolValuesText({Text("user", "ad min\n"), Secret("password", "s3cret"), File("file", "abc")});
  EXPECT_EQ(text,
            " file=sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            " password=(secret) user=ad min\\n");
  EXPECT_EQ(text, ToolValuesText({File("file", "abc"), Text("user", "ad min\n"),
                                  Secret("password", "another")}));
  EXPECT_NE(text, ToolValuesText({File("file", "abd"), Text("user", "ad min\n"),
                                  Secret("password", "s3cret")}));
  EXPECT_THAT(text, Not(HasSubstr("s3cret")));
  EXPECT_EQ(ToolValuesText({}), "");
}

}  // namespace
}  // namespace baton
