#include "coordinator/ctl/rehearse/witness.h"

#include "coordinator/ctl/rehearse/lab.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton::rehearse {
namespace {

using ::testing::HasSubstr;

constexpr char kSettings[] = "<A><B>1</B><C>old</C></A>";

TEST(ReadElement, ReadsTheValueOfAnElement) {
  EXPECT_THAT(ReadElement(kSettings, "C"), IsOkAndHolds("old"));
  EXPECT_THAT(ReadElement(kSettings, "D"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no <D>")));
  EXPECT_THAT(ReadElement("<C>cut", "C"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("<C>")));
}

TEST(WithElement, ReplacesNothingElse) {
  EXPECT_EQ(WithElement(kSettings, "C", "new"), "<A><B>1</B><C>new</C></A>");
  EXPECT_EQ(WithElement(kSettings, "D", "new"), kSettings);
}

TEST(WithoutElement, TakesItsAttributesToo) {
  constexpr char kCache[] = "<A><P encrypted=\"true\">x</P><Port>1</Port></A>";
  EXPECT_THAT(ReadElement(kCache, "P"), IsOkAndHolds("x"));
  EXPECT_THAT(ReadElement(kCache, "Port"), IsOkAndHolds("1"));
  EXPECT_EQ(WithoutElement(kCache, "P"), "<A></P><Port>1</Port></A>");
  EXPECT_EQ(WithoutElement(kCache, "D"), kCache);
}

TEST(ReadUnitType, ReadsTheJavaStacksServices) {
  constexpr char kFile[] = "# LOG\nCONTROLLER=\"DISABLED\"\nDEPLOYER=\"ENABLED\"\nSCHEDULER=ON\n";
  EXPECT_THAT(ReadUnitType(kFile, "controller"), IsOkAndHolds("disabled"));
  EXPECT_THAT(ReadUnitType(kFile, "deployment"), IsOkAndHolds("automatic"));
  EXPECT_THAT(ReadUnitType(kFile, "scheduler"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no SCHEDULER")));
}

}  // namespace
}  // namespace baton::rehearse
