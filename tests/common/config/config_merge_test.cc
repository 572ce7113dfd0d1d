#include "common/config/config_merge.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/config_parser.h"
#include "common/status/status_macros.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::StrEq;

// The node as one line of flow text.
std::string Flow(const ConfigNode& node) {
  std::vector<std::string> parts;
  if (node.kind() == ConfigKind::kList) {
    const std::vector<ConfigNode> elements = *node.List();
    for (const ConfigNode& element : elements) parts.push_back(Flow(element));
    return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
  }
  if (node.kind() == ConfigKind::kMap) {
    const std::vector<ConfigEntry> entries = *node.Map();
    for (const ConfigEntry& entry : entries) {
      parts.push_back(absl::StrCat(entry.key, ": ", Flow(entry.value)));
    }
    return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
  }
  return node.kind() == ConfigKind::kNothing ? "~" : *node.Text();
}

absl::StatusOr<ConfigNode> Merge(absl::string_view base, absl::string_view overlay) {
  ASSIGN_OR_RETURN(const ConfigNode under, ParseConfig("base", base));
  ASSIGN_OR_RETURN(const ConfigNode over, ParseConfig("overlay", overlay));
  return MergeConfig(under, over, {{"tools", "tool"}});
}

TEST(MergeConfig, MergesMapsByKeyAndNamedListsByName) {
  const struct {
    const char* base;
    const char* overlay;
    const char* merged;
  } kRows[] = {
      {"{a: 1, b: 2}", "{b: 3, c: 4}", "{a: 1, b: 3, c: 4}"},
      {"{a: {x: 1, y: 2}}", "{a: {y: 3}}", "{a: {x: 1, y: 3}}"},
      {"{a: {x: 1}}", "{a: 5}", "{a: 5}"},
      {"{a: 5}", "{a: {x: 1}}", "{a: {x: 1}}"},
      {"{a: [1, 2]}", "{a: [3]}", "{a: [3]}"},
      {"{tools: [{tool: p, n: 1, m: 1}, {tool: q}]}", "{tools: [{tool: r}, {tool: p, n: 2}]}",
       "{tools: [{tool: p, n: 2, m: 1}, {tool: q}, {tool: r}]}"},
      {"{x: {tools: [{tool: p}]}}", "{x: {tools: [{tool: q}]}}", "{x: {tools: [{tool: q}]}}"},
  };
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(const ConfigNode merged, Merge(row.base, row.overlay));
    EXPECT_EQ(Flow(merged), row.merged);
  }
}

TEST(MergeConfig, ValuesKeepTheirFile) {
  ASSERT_OK_AND_ASSIGN(const ConfigNode merged, Merge("a: x\nb: y\n", "\nb: z\n"));
  const std::vector<ConfigEntry> entries = *merged.Map();
  EXPECT_EQ(entries[0].value.Error("?").message(), "base:1:4: a: ?");
  EXPECT_EQ(entries[1].value.Error("?").message(), "overlay:2:4: b: ?");
}

TEST(MergeConfig, RefusesElementsWithoutOrWithOneName) {
  EXPECT_THAT(Merge("tools: []", "tools: [{n: 1}]"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("overlay:1:9: tools[0]: missing \"tool\"")));
  EXPECT_THAT(Merge("tools: []", "tools: [{tool: p}, {tool: p}]"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StrEq("overlay:1:20: tools[1]: a second entry with tool \"p\"")));
}

}  // namespace
}  // namespace baton
