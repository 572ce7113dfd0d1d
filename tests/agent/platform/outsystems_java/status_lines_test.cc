#include "agent/platform/outsystems_java/status_lines.h"

#include <ostream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using testing::HasSubstr;

constexpr char kTitle[] = "OutSystems Scheduler Service";

struct Row {
  std::string output;
  std::string words;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.output; }

class StatusWordsTest : public testing::TestWithParam<Row> {};

TEST_P(StatusWordsTest, AreWhatStandsBehindTheDash) {
  EXPECT_THAT(StatusWords(GetParam().output, kTitle), IsOkAndHolds(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    All, StatusWordsTest,
    testing::Values(
        Row{"OutSystems Scheduler Service  -  DISABLED\n", "DISABLED"},
        Row{"OutSystems Deployment Service  -  RUNNING\n"
            "  OutSystems Scheduler Service - NOT RUNNING  \r\n"
            "OutSystems Log Service  -  RUNNING\n",
            "NOT RUNNING"},
        Row{"\x1b[1mOutSystems Scheduler Service\x1b[0m  -  \x1b[32;1mRUNNING\x1b[0m", "RUNNING"},
        Row{"OutSystems Scheduler Service -", ""},
        Row{"OutSystems Scheduler Service - RUNNING\nOutSystems Scheduler Service - RUNNING",
            "RUNNING"}));

TEST(StatusWords, SayWhatIsMissingOrInDoubt) {
  for (const char* output :
       {"", "OutSystems Scheduler Service", "OutSystems Scheduler Service RUNNING",
        "OutSystems Deployment Controller Service  -  RUNNING", "\x1b["}) {
    EXPECT_THAT(StatusWords(output, kTitle),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(kTitle)));
  }
  EXPECT_THAT(StatusWords("OutSystems Scheduler Service - RUNNING\n"
                          "OutSystems Scheduler Service - STOPPED\n",
                          kTitle),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("both \"RUNNING\" and \"STOPPED\"")));
}

TEST(RunStateOf, TakesTheLongestWordThatFits) {
  const std::map<std::string, plan::v1::RunState> known = {{"RUNNING", plan::v1::RUNNING},
                                                           {"NOT", plan::v1::STARTING},
                                                           {"NOT RUNNING", plan::v1::STOPPED},
                                                           {"", plan::v1::FAILED}};
  EXPECT_EQ(RunStateOf("RUNNING", known), plan::v1::RUNNING);
  EXPECT_EQ(RunStateOf("RUNNING (pid 12)", known), plan::v1::RUNNING);
  EXPECT_EQ(RunStateOf("NOT RUNNING", known), plan::v1::STOPPED);
  EXPECT_EQ(RunStateOf("RUNNINGS", known), std::nullopt);
  EXPECT_EQ(RunStateOf("running", known), std::nullopt);
  EXPECT_EQ(RunStateOf("", known), std::nullopt);
}

}  // namespace
}  // namespace baton
