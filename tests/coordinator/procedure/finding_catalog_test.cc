#include "coordinator/procedure/finding_catalog.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/document.h"

namespace baton {
namespace {

TEST(FindingCatalog, ExplainsEveryFindingOnce) {
  for (const FindingKind& kind : FindingCatalog()) {
    EXPECT_EQ(FindFindingKind(kind.name), &kind) << "two of one name";
    EXPECT_TRUE(absl::EndsWith(kind.meaning, ".")) << kind.name;
    EXPECT_TRUE(absl::EndsWith(kind.matters, ".")) << kind.name;
    EXPECT_FALSE(kind.hint.empty()) << kind.name;
  }
  EXPECT_EQ(FindFindingKind("no-such-finding"), nullptr);
}

TEST(FindingCatalog, NeverLetsTwoControllersOrAnotherKeyBeAccepted) {
  for (const char* name : {"two-controllers", "private-key-differs", "witness-sees-controller"}) {
    EXPECT_EQ(FindFindingKind(name)->planned, plan::v1::FINDING_ERROR) << name;
    EXPECT_EQ(FindFindingKind(name)->emergency, plan::v1::FINDING_ERROR) << name;
    EXPECT_FALSE(FindFindingKind(name)->acceptable) << name;
  }
  // An emergency stands every host down that answers, and needs a policy for each that does not.
  EXPECT_EQ(FindFindingKind("controller-ambiguous")->planned, plan::v1::FINDING_ERROR);
  EXPECT_FALSE(FindFindingKind("controller-ambiguous")->acceptable);
}

// An emergency is no reason to be stricter than usual, and what is no error needs no acceptance.
TEST(FindingCatalog, WeighsNothingHeavierInAnEmergency) {
  for (const FindingKind& kind : FindingCatalog()) {
    EXPECT_LE(kind.emergency, kind.planned) << kind.name;
    EXPECT_TRUE(!kind.acceptable || kind.planned == plan::v1::FINDING_ERROR) << kind.name;
  }
}

TEST(FindingCatalog, HasItsLevelsDocumented) {
  std::string table =
      "| finding | planned | emergency | can be accepted | what to do about it |\n"
      "|---|---|---|---|---|\n";
  for (const FindingKind& kind : FindingCatalog()) {
    absl::StrAppend(&table, "| `", kind.name, "` | ", Word(kind.planned), " | ",
                    Word(kind.emergency), " | ", kind.acceptable ? "yes" : "no", " | ", kind.hint,
                    " |\n");
  }
  ExpectDocumented(BATON_PROCEDURES, "findings", table);
}

TEST(FindingCatalog, HasItsMeaningsDocumented) {
  std::string table = "| finding | what was seen | why it matters |\n|---|---|---|\n";
  for (const FindingKind& kind : FindingCatalog()) {
    absl::StrAppend(&table, "| `", kind.name, "` | ", kind.meaning, " | ", kind.matters, " |\n");
  }
  ExpectDocumented(BATON_PROCEDURES, "finding-meanings", table);
}

}  // namespace
}  // namespace baton
