#include "coordinator/procedure/finding_meanings.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/procedure/findings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/document.h"

namespace baton {
namespace {

// A finding without a meaning cannot be explained; a meaning without a finding is out of date.
TEST(FindingMeanings, NameEveryFindingInTheCatalogsOrder) {
  std::vector<std::string> kinds;
  for (const FindingKind& kind : FindingCatalog()) kinds.emplace_back(kind.name);
  std::vector<std::string> meanings;
  for (const FindingMeaning& meaning : FindingMeanings()) {
    meanings.emplace_back(meaning.name);
    EXPECT_EQ(FindFindingMeaning(meaning.name), &meaning);
    EXPECT_TRUE(absl::EndsWith(meaning.meaning, ".")) << meaning.name;
    EXPECT_TRUE(absl::EndsWith(meaning.matters, ".")) << meaning.name;
  }
  EXPECT_EQ(meanings, kinds);
  EXPECT_EQ(FindFindingMeaning("no-such-finding"), nullptr);
}

TEST(FindingMeanings, AreDocumented) {
  std::string table = "| finding | what was seen | why it matters |\n|---|---|---|\n";
  for (const FindingMeaning& meaning : FindingMeanings()) {
    absl::StrAppend(&table, "| `", meaning.name, "` | ", meaning.meaning, " | ", meaning.matters,
                    " |\n");
  }
  ExpectDocumented(BATON_PROCEDURES, "finding-meanings", table);
}

}  // namespace
}  // namespace baton
