#include "coordinator/runtime/journal_check.h"

#include "gmock/gmock.h"
#include "tests/support/fake_journal.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JournalCheckTest : public testing::Test {
 protected:
  JournalCheckTest() {
    for (int i = 0; i < 5; ++i) {
      journal::v1::Record record;
      record.mutable_run_alive();
      EXPECT_OK(journal_.Append({std::move(record)}));
    }
    ShowTo("fe1", journal_.End());
    ShowTo("fe2", AnchorAt(3));
    observation_.add_hosts()->set_host("fe3");  // its agent was shown nothing yet
  }

  plan::v1::Anchor AnchorAt(uint64_t sequence) {
    plan::v1::Anchor anchor;
    anchor.set_sequence(sequence);
    anchor.set_hash(journal_.records()[sequence - 1].hash);
    return anchor;
  }

  void ShowTo(const std::string& host, const plan::v1::Anchor& anchor) {
    plan::v1::HostObservation& observed = *observation_.add_hosts();
    observed.set_host(host);
    *observed.mutable_state()->mutable_anchor() = anchor;
  }

  std::vector<plan::v1::Finding> Find() {
    return FindJournalTrouble(journal_, absl::OkStatus(), observation_);
  }

  FakeJournal journal_;
  plan::v1::Observation observation_;
};

TEST_F(JournalCheckTest, FindsNothingWhereTheJournalHoldsAllThatAgentsWereShown) {
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(JournalCheckTest, NamesTheAgentThatKnowsMore) {
  journal_.LoseTail(1);
  const std::vector<plan::v1::Finding> found = Find();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].name(), "journal-behind");
  EXPECT_EQ(found[0].level(), plan::v1::FINDING_ERROR);
  EXPECT_FALSE(found[0].acceptable());
  EXPECT_EQ(found[0].reason(), "the agent on fe1 was shown record 5, the journal ends at 4");
}

TEST_F(JournalCheckTest, TellsAnotherJournalByItsHash) {
  plan::v1::Anchor other = AnchorAt(2);
  other.set_hash(std::string(32, 'x'));
  ShowTo("fe4", other);
  const std::vector<plan::v1::Finding> found = Find();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].name(), "journal-behind");
  EXPECT_EQ(found[0].reason(),
            "the agent on fe4 was shown another record 2 than the journal holds");
}

TEST_F(JournalCheckTest, SaysOfADamagedJournalOnlyThat) {
  journal_.LoseTail(3);
  const std::vector<plan::v1::Finding> found = FindJournalTrouble(
      journal_, absl::DataLossError("journal record 3 is damaged"), observation_);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].name(), "journal-damaged");
  EXPECT_EQ(found[0].level(), plan::v1::FINDING_ERROR);
  EXPECT_FALSE(found[0].acceptable());
  EXPECT_THAT(found[0].reason(), HasSubstr("record 3 is damaged"));
}

}  // namespace
}  // namespace baton
