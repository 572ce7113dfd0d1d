#include "coordinator/ctl/text.h"

#include <string>

#include "gtest/gtest.h"

namespace baton::ctl {
namespace {

struct WidthCase {
  const char* text;
  int width;
};

class DisplayWidthTest : public testing::TestWithParam<WidthCase> {};

TEST_P(DisplayWidthTest, CountsColumns) {
  EXPECT_EQ(DisplayWidth(GetParam().text), GetParam().width);
}

INSTANTIATE_TEST_SUITE_P(, DisplayWidthTest,
                         testing::Values(WidthCase{"", 0}, WidthCase{"fe1", 3},
                                         WidthCase{"Z\xC3\xBCrich", 6},             // precomposed
                                         WidthCase{"Zu\xCC\x88rich", 6},            // combining
                                         WidthCase{"\xE6\x9D\xB1\xE4\xBA\xAC", 4},  // wide
                                         WidthCase{"\xF0\x9F\x98\x80", 2},          // pictograph
                                         WidthCase{"a\xFF"
                                                   "b",
                                                   3},            // not UTF-8
                                         WidthCase{"\xC3", 1}));  // cut off

TEST(Text, PadsByColumnsNotBytes) {
  EXPECT_EQ(Pad("Z\xC3\xBCrich", 8), "Z\xC3\xBCrich  ");
  EXPECT_EQ(Pad("too long", 3), "too long");
}

TEST(Text, CutsBetweenCharacters) {
  EXPECT_EQ(Cut("abcdef", 6), "abcdef");
  EXPECT_EQ(Cut("abcdefg", 6), "abc...");
  EXPECT_EQ(Cut("\xE6\x9D\xB1\xE4\xBA\xAC\xE6\x9D\xB1\xE4\xBA\xAC", 6), "\xE6\x9D\xB1...");
}

struct CleanCase {
  std::string dirty;
  std::string clean;
};

class CleanTest : public testing::TestWithParam<CleanCase> {};

TEST_P(CleanTest, LeavesNothingThatSteersATerminal) {
  EXPECT_EQ(Clean(GetParam().dirty), GetParam().clean);
}

INSTANTIATE_TEST_SUITE_P(, CleanTest,
                         testing::Values(CleanCase{"plain \xC3\xBC", "plain \xC3\xBC"},
                                         CleanCase{"\x1b[2Jgone", "?[2Jgone"},
                                         CleanCase{"a\nb\tc\rd", "a b c d"},
                                         CleanCase{"\xC2\x9B"
                                                   "31m",
                                                   "?31m"},  // CSI as one character
                                         CleanCase{"\xE2\x80\xAE"
                                                   "txt.exe",
                                                   "?txt.exe"},        // right-to-left override
                                         CleanCase{"\xC0\x9B", "??"},  // overlong ESC
                                         CleanCase{"\xED\xA0\x80", "???"},       // surrogate
                                         CleanCase{"\xF4\x90\x80\x80", "????"},  // beyond Unicode
                                         CleanCase{std::string("a\0b", 3), "a?b"}));

TEST(Text, PaintsOnlyWithColours) {
  Style style;
  EXPECT_EQ(Paint("x", Tone::kBad, style), "x");
  style.colour = true;
  EXPECT_EQ(Paint("x", Tone::kBad, style), "\x1b[1;31mx\x1b[0m");
  EXPECT_EQ(Paint("x", Tone::kPlain, style), "x");
}

TEST(Text, FormatsElapsedTimes) {
  EXPECT_EQ(FormatElapsed(absl::Seconds(-3)), "0s");
  EXPECT_EQ(FormatElapsed(absl::Milliseconds(340)), "0.3s");
  EXPECT_EQ(FormatElapsed(absl::Seconds(3)), "3s");
  EXPECT_EQ(FormatElapsed(absl::Milliseconds(10900)), "10s");
  EXPECT_EQ(FormatElapsed(absl::Seconds(72)), "1m12s");
  EXPECT_EQ(FormatElapsed(absl::Minutes(123)), "2h03m");
}

}  // namespace
}  // namespace baton::ctl
