#include "common/config/config_parser.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

struct Refusal {
  const char* what;
  std::string text;
  std::string message;  // after "farm.yaml:"
};

class ParseConfigRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ParseConfigRefuses, WithLineAndColumn) {
  EXPECT_THAT(
      ParseConfig("farm.yaml", GetParam().text),
      StatusIs(absl::StatusCode::kInvalidArgument, StrEq("farm.yaml:" + GetParam().message)));
}

std::string Nested(int levels) {
  return absl::StrCat(std::string(static_cast<size_t>(levels), '['),
                      std::string(static_cast<size_t>(levels), ']'));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ParseConfigRefuses,
    testing::Values(Refusal{"Tab", "hosts:\n\t- name: fe1\n",
                            "2:1: tab in the indentation; YAML indents with spaces"},
                    Refusal{"TabAfterSpaces", "a:\n  \tb: 1\n",
                            "2:3: tab in the indentation; YAML indents with spaces"},
                    Refusal{"OpenMap", "a: {b\n", "2:1: end of map flow not found"},
                    Refusal{"MapInValue", "a: b: c\n", "1:5: illegal map value"},
                    Refusal{"DuplicateKey", "a: 1\nb: 2\na: 3\n",
                            "3:1: duplicate key \"a\", first at line 1"},
                    Refusal{"DuplicateKeyBelow", "x:\n  - {a: 1, b: 2, a: 3}\n",
                            "2:18: duplicate key \"a\", first at line 2"},
                    Refusal{"Anchor", "a: &x [1]\nb: *x\n", "1:4: anchors are not supported"},
                    Refusal{"UnknownAlias", "b: *x\n", "1:4: the referenced anchor is not defined"},
                    Refusal{"Tag", "a: !!binary x\n", "1:4: tags are not supported"},
                    Refusal{"TagOfList", "a: !x [1]\n", "1:4: tags are not supported"},
                    Refusal{"ListAsKey", "? [a, b]\n: c\n", "1:3: expected a word as key"},
                    Refusal{"NothingAsKey", "~: c\n", "1:1: expected a word as key"},
                    Refusal{"SecondDocument", "a: 1\n---\nb: 2\n",
                            "2:1: a second document; expected one in a file"},
                    Refusal{"Deep", Nested(kConfigDepthMax + 1), "1:33: more than 32 levels"},
                    Refusal{"VeryDeep", Nested(100'000), "1:33: more than 32 levels"},
                    Refusal{"Utf16", std::string("\xff\xfe\x61\x00", 4), " not UTF-8 text"},
                    Refusal{"Zero", std::string("a: \0", 4), " not UTF-8 text"},
                    Refusal{"Large", std::string(kConfigFileSizeBytesMax + 1, ' '),
                            " 1048577 bytes; at most 1048576 are read"}),
    [](const auto& row) { return row.param.what; });

TEST(ParseConfig, AcceptsTheDeepestAndTheLargest) {
  EXPECT_OK(ParseConfig("farm.yaml", Nested(kConfigDepthMax)));
  EXPECT_OK(ParseConfig("farm.yaml", std::string(kConfigFileSizeBytesMax, ' ')));
}

TEST(ParseConfig, AnEmptyDocumentIsNothing) {
  for (const char* text : {"", "# nothing\n", "---\n"}) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode node, ParseConfig("farm.yaml", text));
    EXPECT_EQ(node.kind(), ConfigKind::kNothing) << text;
  }
}

TEST(ParseConfig, ReadsFilesFromWindows) {
  ASSERT_OK_AND_ASSIGN(const ConfigNode node,
                       ParseConfig("farm.yaml", "\xef\xbb\xbfk: 1\r\nb: x y\r\n"));
  ASSERT_OK_AND_ASSIGN(const std::vector<ConfigEntry> entries, node.Map());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].key, "k");
  EXPECT_THAT(entries[1].value.Text(), IsOkAndHolds(std::string("x y")));
}

}  // namespace
}  // namespace baton
