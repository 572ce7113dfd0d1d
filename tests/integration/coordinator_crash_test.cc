// A move with the Baton coordinator killed at the n-th write of its journal, on either side of the
// commit, and started again: the same end, no tool twice.

#include <csignal>

#include "absl/strings/str_cat.h"
#include "coordinator/journal/sqlite_journal.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// Crash points that both sides of the commit share in a test that is not long.
constexpr int kSamples = 5;

// The parameter is the side of the commit.
class CoordinatorCrashTest : public testing::TestWithParam<const char*> {
 protected:
  // Moves the role to the other host with a crash; false if the run was over before it.
  bool MoveWithCrash(int append, const std::string& side) {
    SCOPED_TRACE(absl::StrCat("killed at append ", append, ", ", side, " the commit"));
    std::swap(from_, to_);
    farm_.SetCoordinatorCrash(absl::StrCat(append, " ", side));
    farm_.Restart("coordinator");
    const rehearse::SeenFarm before = farm_.Look();
    farm_.BeginMove(to_);
    int deaths = 0;
    const CommandEnd end = farm_.Finish([this, &deaths](const std::string& daemon) {
      EXPECT_EQ(daemon, "coordinator");
      ++deaths;
      farm_.SetCoordinatorCrash("");
    });
    farm_.SetCoordinatorCrash("");
    EXPECT_EQ(end.exit_code, 0) << end.output;
    EXPECT_LE(deaths, 1);
    EXPECT_THAT(end.output, HasSubstr("succeeded"));
    farm_.ExpectMoved(before, to_);
    return deaths == 1;
  }

  // The appends of a move that nothing disturbs.
  int CountAppends() {
    std::swap(from_, to_);
    farm_.Restart("coordinator");
    const rehearse::SeenFarm before = farm_.Look();
    const CommandEnd end = farm_.Move(to_);
    EXPECT_EQ(end.exit_code, 0) << end.output;
    farm_.ExpectMoved(before, to_);
    return farm_.CountAppends();
  }

  // The journal is whole: its chain is checked when it is opened, and read to its end.
  void ExpectJournalWhole() {
    farm_.Stop("coordinator", SIGTERM);
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<Journal> journal,
        OpenSqliteJournal(farm_.lab().layout().coordinator_folder() + "/state/journal.db"));
    ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal->Read(0, 1'000'000));
    ASSERT_FALSE(records.empty());
    EXPECT_EQ(records.back().record.sequence(), journal->End().sequence());
    EXPECT_OK(journal->Append({}));
  }

  LiveFarm farm_{2};
  std::string from_ = "fe2";
  std::string to_ = "fe1";
};

TEST_P(CoordinatorCrashTest, EndsTheSameAndDoesNothingTwice) {
  const std::string side = GetParam();
  const int appends = CountAppends();
  ASSERT_GT(appends, kSamples);
  // Every other sample is the other side's.
  const int step = LongTests() ? 1 : 2 * appends / kSamples;
  for (int n = side == "before" || step == 1 ? 1 : 1 + step / 2; n <= appends; n += step) {
    EXPECT_TRUE(MoveWithCrash(n, side)) << n << " of " << appends;
    if (HasFailure()) break;
  }
  ExpectJournalWhole();
}

INSTANTIATE_TEST_SUITE_P(, CoordinatorCrashTest, testing::Values("before", "after"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace baton
