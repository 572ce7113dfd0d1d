#include "agent/tools/tool_name.h"

#include <set>

#include "gmock/gmock.h"

namespace baton {
namespace {

using ::testing::Eq;
using ::testing::MatchesRegex;
using ::testing::Optional;
using ::testing::StartsWith;

TEST(ToolName, IsReadableSafeAndReversible) {
  const struct {
    std::string id;
    std::string name;
  } rows[] = {
      {"r7/repoint/fe2/rewrite/1", "r7.repoint.fe2.rewrite.1"},
      {"r-7/a_b/1.2", "r-7.a_5fb.1_2e2"},
      {"/x/", "_2fx_2f"},
      {"..", "_2e_2e"},
      {"A B\n", "A_20B_0a"},
      {std::string("\0\xff@", 3), "_00_ff_40"},
      {"\xc3\xa9", "_c3_a9"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(EncodeToolId(row.id), row.name);
    EXPECT_THAT(DecodeToolName(row.name), Optional(Eq(row.id)));
  }
}

TEST(ToolName, KeepsDifferentIdsApart) {
  std::set<std::string> names;
  const std::string long_id(1000, 'x');
  const std::string ids[] = {"a/b", "a.b", "a_b",   "a__b",        "a_2fb",
                             "",    "/",   long_id, long_id + "y", "/" + long_id};
  for (const std::string& id : ids) names.insert(EncodeToolId(id));
  EXPECT_EQ(names.size(), std::size(ids));
}

TEST(ToolName, IsBoundedAndNeverCutsAnEscape) {
  for (size_t length = 100; length < 200; ++length) {
    const std::string name = EncodeToolId("r7/" + std::string(length, '@'));
    EXPECT_LE(name.size(), kToolNameBytesMax);
    EXPECT_THAT(name, StartsWith("r7._40_40"));
    EXPECT_THAT(name, MatchesRegex("r7\\.(_40)+__[0-9a-f]+"));
    EXPECT_EQ(DecodeToolName(name), std::nullopt);
  }
}

TEST(ToolName, RefusesNamesThatItDoesNotMake) {
  for (const char* name : {"", "a/b", "_", "_4", "_zz", "_61", "_2F", ".a", "a.", "a b"}) {
    EXPECT_EQ(DecodeToolName(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace baton
