#include "common/process/process_stat.h"

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

constexpr char kTail[] =
    " 1 77 77 0 -1 4194560 91 0 0 0 0 0 0 0 20 0 1 0 4711 2543616 200 184467\n";

TEST(ParseProcessStat, ReadsStateAndStartTime) {
  ASSERT_OK_AND_ASSIGN(const ProcessStat stat,
                       ParseProcessStat(std::string("77 (sleep) S") + kTail));
  EXPECT_EQ(stat.state, 'S');
  EXPECT_EQ(stat.start_ticks, 4711);
}

TEST(ParseProcessStat, IsNotFooledByTheProgramsName) {
  ASSERT_OK_AND_ASSIGN(const ProcessStat stat,
                       ParseProcessStat(std::string("77 (a) R 1 2) (b) Z") + kTail));
  EXPECT_EQ(stat.state, 'Z');
  EXPECT_EQ(stat.start_ticks, 4711);
}

TEST(ParseProcessStat, RefusesWhatLinuxDoesNotWrite) {
  for (const char* text : {"", "77", "77 (sleep)", "77 (sleep) S 1 2 3",
                           "77 (s) SS 1 77 77 0 -1 4194560 91 0 0 0 0 0 0 0 20 0 1 0 4711 2"}) {
    EXPECT_THAT(ParseProcessStat(text),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("process status")))
        << text;
  }
}

}  // namespace
}  // namespace baton
