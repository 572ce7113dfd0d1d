// What every Journal must do.

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "coordinator/journal/chain.h"
#include "coordinator/journal/journal.h"
#include "coordinator/journal/sqlite_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_journal.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using journal::v1::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Where a journal lives: it can be opened again, as after a restart.
class Home {
 public:
  virtual ~Home() = default;
  virtual Journal& Reopen() = 0;
};

class SqliteHome : public Home {
 public:
  Journal& Reopen() override {
    journal_.reset();
    absl::StatusOr<std::unique_ptr<Journal>> journal =
        OpenSqliteJournal(folder_ / "journal.sqlite");
    EXPECT_OK(journal);
    journal_ = *std::move(journal);
    return *journal_;
  }

 private:
  TempFolder folder_;
  std::unique_ptr<Journal> journal_;
};

class FakeHome : public Home {
 public:
  Journal& Reopen() override {
    journal_.Reopen();
    return journal_;
  }

 private:
  FakeJournal journal_;
};

struct Kind {
  const char* name;
  std::unique_ptr<Home> (*make)();
};

class JournalContract : public testing::TestWithParam<Kind> {
 protected:
  JournalContract() : home_(GetParam().make()), journal_(&home_->Reopen()) {}

  void Reopen() { journal_ = &home_->Reopen(); }

  // Appends one record with that reason; its sequence.
  uint64_t Add(const std::string& reason) {
    const absl::StatusOr<std::vector<StoredRecord>> stored = journal_->Append({RecordOf(reason)});
    EXPECT_OK(stored);
    return stored.ok() ? stored->back().record.sequence() : 0;
  }

  static Record RecordOf(const std::string& reason) {
    Record record;
    record.set_actor("operator:alice");
    record.mutable_adopted()->set_reason(reason);
    return record;
  }

  std::vector<std::string> Reasons(uint64_t after = 0,
                                   size_t count_max = std::numeric_limits<size_t>::max()) {
    const absl::StatusOr<std::vector<StoredRecord>> records = journal_->Read(after, count_max);
    EXPECT_OK(records);
    std::vector<std::string> reasons;
    if (!records.ok()) return reasons;
    for (const StoredRecord& stored : *records) {
      reasons.push_back(stored.record.adopted().reason());
    }
    return reasons;
  }

  std::unique_ptr<Home> home_;
  Journal* journal_;
};

TEST_P(JournalContract, BeginsEmpty) {
  EXPECT_EQ(journal_->End().sequence(), 0U);
  EXPECT_EQ(journal_->End().hash(), "");
  EXPECT_THAT(Reasons(), IsEmpty());
}

TEST_P(JournalContract, ReadsWhatWasAppended) {
  EXPECT_EQ(Add("a"), 1U);
  EXPECT_EQ(Add("b"), 2U);
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> stored,
                       journal_->Append({RecordOf("c"), RecordOf("d")}));
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].record.sequence(), 3U);
  EXPECT_EQ(stored[0].record.actor(), "operator:alice");
  EXPECT_EQ(journal_->End().sequence(), 4U);
  EXPECT_EQ(journal_->End().hash(), stored[1].hash);
  EXPECT_THAT(Reasons(), ElementsAre("a", "b", "c", "d"));
}

TEST_P(JournalContract, ReadsFromAnyPlaceWithALimit) {
  for (const char* reason : {"a", "b", "c", "d"}) Add(reason);
  EXPECT_THAT(Reasons(2), ElementsAre("c", "d"));
  EXPECT_THAT(Reasons(1, 2), ElementsAre("b", "c"));
  EXPECT_THAT(Reasons(0, 0), IsEmpty());
  EXPECT_THAT(Reasons(4), IsEmpty());
  EXPECT_THAT(Reasons(5), IsEmpty());
  EXPECT_THAT(Reasons(std::numeric_limits<int64_t>::max()), IsEmpty());
  EXPECT_THAT(Reasons(std::numeric_limits<uint64_t>::max()), IsEmpty());
}

TEST_P(JournalContract, ScansUntilItIsToldToStop) {
  for (const char* reason : {"a", "b", "c", "d"}) Add(reason);
  std::vector<std::string> seen;
  const auto take = [&seen](const StoredRecord& stored) {
    seen.push_back(stored.record.adopted().reason());
    return seen.size() == 3 ? absl::CancelledError("enough") : absl::OkStatus();
  };
  EXPECT_THAT(journal_->Scan(0, 2, take), IsOkAndHolds(2U));
  EXPECT_THAT(journal_->Scan(2, 10, take),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("enough")));
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  EXPECT_THAT(journal_->Scan(4, 10, take), IsOkAndHolds(4U));
}

TEST_P(JournalContract, ChainsEveryRecordToTheOneBefore) {
  for (const char* reason : {"a", "b", "c"}) Add(reason);
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal_->Read(0, 10));
  std::string before;
  for (const StoredRecord& stored : records) {
    EXPECT_EQ(stored.record.previous_hash(), before);
    EXPECT_EQ(stored.hash, Sha256(stored.record.SerializeAsString()));
    before = stored.hash;
  }
}

TEST_P(JournalContract, AppendsNothingForNothing) {
  EXPECT_THAT(journal_->Append({}), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(journal_->End().sequence(), 0U);
}

TEST_P(JournalContract, ABatchIsStoredWholeOrNotAtAll) {
  Add("a");
  const plan::v1::Anchor end = journal_->End();
  EXPECT_THAT(journal_->Append({RecordOf("b"), RecordOf(std::string(kJournalRecordBytesMax, 'x'))}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("record 3 has")));
  EXPECT_EQ(journal_->End().SerializeAsString(), end.SerializeAsString());
  EXPECT_THAT(Reasons(), ElementsAre("a"));
  EXPECT_EQ(Add("c"), 2U);
}

TEST_P(JournalContract, TakesALargeRecord) {
  const std::string large(kJournalRecordBytesMax - 1000, 'x');
  EXPECT_EQ(Add(large), 1U);
  EXPECT_THAT(Reasons(), ElementsAre(large));
}

TEST_P(JournalContract, SurvivesARestart) {
  Add("a");
  Add("b");
  const plan::v1::Anchor end = journal_->End();
  Reopen();
  EXPECT_EQ(journal_->End().SerializeAsString(), end.SerializeAsString());
  EXPECT_EQ(Add("c"), 3U);
  EXPECT_THAT(Reasons(), ElementsAre("a", "b", "c"));
}

TEST_P(JournalContract, BeginsBehindAnAnchor) {
  plan::v1::Anchor anchor;
  anchor.set_sequence(41);
  anchor.set_hash(Sha256("lost"));
  EXPECT_OK(journal_->BeginAt(anchor));
  EXPECT_EQ(journal_->End().SerializeAsString(), anchor.SerializeAsString());
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(Add("a"), 42U);
  EXPECT_EQ(Add("b"), 43U);
  ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal_->Read(0, 10));
  EXPECT_EQ(records.front().record.previous_hash(), anchor.hash());
  EXPECT_THAT(Reasons(41), ElementsAre("a", "b"));
  EXPECT_THAT(Reasons(42), ElementsAre("b"));
  Reopen();
  EXPECT_EQ(journal_->End().sequence(), 43U);
  EXPECT_THAT(Reasons(), ElementsAre("a", "b"));
}

TEST_P(JournalContract, KeepsAnAnchorOverARestart) {
  plan::v1::Anchor anchor;
  anchor.set_sequence(41);
  anchor.set_hash(Sha256("lost"));
  EXPECT_OK(journal_->BeginAt(anchor));
  Reopen();
  EXPECT_EQ(journal_->End().SerializeAsString(), anchor.SerializeAsString());
  EXPECT_EQ(Add("a"), 42U);
}

TEST_P(JournalContract, BeginsOnlyWhenEmpty) {
  Add("a");
  plan::v1::Anchor anchor;
  anchor.set_sequence(41);
  EXPECT_THAT(journal_->BeginAt(anchor),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("ends at record 1")));
  EXPECT_EQ(journal_->End().sequence(), 1U);
}

TEST_P(JournalContract, KeepsPlansBesideTheRecords) {
  plan::v1::Plan plan;
  plan.set_plan_id("plan-1");
  plan.set_farm_id("prod");
  EXPECT_OK(journal_->SavePlan(plan));
  EXPECT_EQ(journal_->End().sequence(), 0U);
  Reopen();
  ASSERT_OK_AND_ASSIGN(const plan::v1::Plan loaded, journal_->LoadPlan("plan-1"));
  EXPECT_EQ(loaded.SerializeAsString(), plan.SerializeAsString());
  EXPECT_THAT(journal_->SavePlan(plan), StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("")));
  EXPECT_THAT(journal_->LoadPlan("plan-2"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("\"plan-2\"")));
}

TEST_P(JournalContract, ForgetsTheOldestPlans) {
  plan::v1::Plan plan;
  for (size_t i = 0; i < kPlansMax + 2; ++i) {
    plan.set_plan_id(absl::StrCat("plan-", i));
    ASSERT_OK(journal_->SavePlan(plan));
  }
  for (const char* gone : {"plan-0", "plan-1"}) {
    EXPECT_THAT(journal_->LoadPlan(gone), StatusIs(absl::StatusCode::kNotFound, HasSubstr(gone)));
  }
  EXPECT_OK(journal_->LoadPlan("plan-2"));
  EXPECT_OK(journal_->LoadPlan(plan.plan_id()));
}

TEST_P(JournalContract, ServesManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_OK(journal_->Append({RecordOf("x"), RecordOf("y")}));
        EXPECT_OK(journal_->Read(journal_->End().sequence() / 2, 5));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(journal_->End().sequence(), uint64_t{2} * kThreads * kEach);
  EXPECT_THAT(Reasons(), SizeIs(2 * kThreads * kEach));
  Reopen();
  EXPECT_EQ(Add("z"), uint64_t{2} * kThreads * kEach + 1);
}

INSTANTIATE_TEST_SUITE_P(
    , JournalContract,
    testing::Values(
        Kind{"Sqlite", []() -> std::unique_ptr<Home> { return std::make_unique<SqliteHome>(); }},
        Kind{"Fake", []() -> std::unique_ptr<Home> { return std::make_unique<FakeHome>(); }}),
    [](const auto& test) { return std::string(test.param.name); });

// What only the fake does: it fails when it is told to.

Record AnyRecord() {
  Record record;
  record.mutable_adopted()->set_reason("any");
  return record;
}

TEST(FakeJournal, FailsBeforeAndGoesOn) {
  FakeJournal journal;
  journal.FailAppend(2, FakeJournal::Failure::kBefore);
  EXPECT_OK(journal.Append({AnyRecord()}));
  EXPECT_THAT(journal.Append({AnyRecord(), AnyRecord()}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("full")));
  EXPECT_EQ(journal.End().sequence(), 1U);
  EXPECT_OK(journal.Append({AnyRecord()}));
  EXPECT_EQ(journal.End().sequence(), 2U);
}

TEST(FakeJournal, FailsAfterAndMustBeOpenedAgain) {
  FakeJournal journal;
  journal.FailAppend(1, FakeJournal::Failure::kAfter, absl::InternalError("lost"));
  EXPECT_THAT(journal.Append({AnyRecord()}), StatusIs(absl::StatusCode::kInternal, "lost"));
  EXPECT_THAT(journal.Append({AnyRecord()}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("must be opened again")));
  journal.Reopen();
  EXPECT_EQ(journal.End().sequence(), 1U);
  EXPECT_OK(journal.Append({AnyRecord()}));
  EXPECT_EQ(journal.End().sequence(), 2U);
  EXPECT_EQ(journal.appends(), 3U);
}

TEST(FakeJournal, LosesItsTail) {
  FakeJournal journal;
  EXPECT_OK(journal.Append({AnyRecord(), AnyRecord(), AnyRecord()}));
  journal.LoseTail(2);
  EXPECT_EQ(journal.End().sequence(), 1U);
  journal.LoseTail(5);
  EXPECT_EQ(journal.End().sequence(), 0U);
}

}  // namespace
}  // namespace baton
