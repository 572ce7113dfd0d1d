#include "coordinator/runtime/run_history.h"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "coordinator/journal/sqlite_journal.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using coordinator::v1::ChainVerdict;
using coordinator::v1::RunHistoryPart;
using journal::v1::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Record AdoptedRecord() {
  Record record;
  record.mutable_adopted()->mutable_assignment()->set_epoch(1);
  return record;
}

Record Started(const std::string& run) {
  Record record;
  record.set_run(run);
  record.mutable_run_started()->set_epoch(2);
  return record;
}

Record Finished(const std::string& run) {
  Record record;
  record.set_run(run);
  record.mutable_run_finished()->set_phase(plan::v1::RUN_STOPPED);
  return record;
}

// A journal of five records on disk: an adoption, and two runs that ended at once.
class RunHistoryTest : public testing::Test {
 protected:
  RunHistoryTest() {
    Open();
    EXPECT_OK(journal_->Append({AdoptedRecord(), Started("run-1"), Finished("run-1"),
                                Started("run-2"), Finished("run-2")}));
    Open();
  }

  void Open() {
    book_.reset();
    journal_.reset();
    absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(path_);
    ASSERT_OK(journal);
    journal_ = *std::move(journal);
    absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(*journal_);
    ASSERT_OK(book);
    book_ = *std::move(book);
  }

  // Changes the database behind the journal's back.
  void Sql(const std::string& sql) {
    book_.reset();
    journal_.reset();
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
    Open();
  }

  // What a caller hears of a run, who leaves after `count` parts.
  absl::StatusOr<std::vector<RunHistoryPart>> Hear(const std::string& run, size_t count = 100) {
    coordinator::v1::GetRunHistoryRequest request;
    request.set_run(run);
    std::vector<RunHistoryPart> parts;
    const absl::Status status =
        WriteRunHistory(*book_, *journal_, request, [&](const RunHistoryPart& part) {
          parts.push_back(part);
          return parts.size() < count;
        });
    if (!status.ok()) return status;
    return parts;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "journal.db";
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<RunBook> book_;
};

std::vector<uint64_t> Sequences(const std::vector<RunHistoryPart>& parts) {
  std::vector<uint64_t> sequences;
  for (const RunHistoryPart& part : parts) {
    if (part.has_record()) sequences.push_back(part.record().record().sequence());
  }
  return sequences;
}

TEST_F(RunHistoryTest, TellsTheVerdictAndThenTheRecordsOfTheRun) {
  ASSERT_OK_AND_ASSIGN(const std::vector<RunHistoryPart> parts, Hear("run-1"));
  ASSERT_TRUE(parts.front().has_chain());
  EXPECT_EQ(parts.front().chain().first_sequence(), 1U);
  EXPECT_EQ(parts.front().chain().last_sequence(), 5U);
  EXPECT_EQ(parts.front().chain().last_hash(), journal_->End().hash());
  EXPECT_THAT(parts.front().chain().damage(), IsEmpty());
  EXPECT_THAT(Sequences(parts), ElementsAre(2, 3));
  // The hash beside a record is the one that the record after it names.
  ASSERT_OK_AND_ASSIGN(const std::vector<RunHistoryPart> next, Hear("run-2"));
  EXPECT_EQ(next[1].record().record().previous_hash(), parts[2].record().hash());
}

TEST_F(RunHistoryTest, NamesDamageAndTellsWhatCanBeRead) {
  Sql("UPDATE record SET bytes = x'00' WHERE sequence = 4");
  ASSERT_OK_AND_ASSIGN(const std::vector<RunHistoryPart> parts, Hear("run-1"));
  EXPECT_EQ(parts.front().chain().last_sequence(), 3U);
  EXPECT_THAT(parts.front().chain().damage(), HasSubstr("record 4 is damaged"));
  EXPECT_THAT(Sequences(parts), ElementsAre(2, 3));
}

TEST_F(RunHistoryTest, NamesAMissingRecord) {
  Sql("DELETE FROM record WHERE sequence = 3");
  const ChainVerdict verdict = VerifyChain(*journal_);
  EXPECT_EQ(verdict.last_sequence(), 2U);
  EXPECT_THAT(verdict.damage(), HasSubstr("record 3 is missing: the next one there is 4"));
}

TEST_F(RunHistoryTest, StopsWhenTheCallerIsGone) {
  ASSERT_OK_AND_ASSIGN(const std::vector<RunHistoryPart> parts, Hear("run-2", 2));
  EXPECT_THAT(Sequences(parts), ElementsAre(4));
}

TEST_F(RunHistoryTest, KnowsNoOtherRun) {
  EXPECT_THAT(Hear("run-3"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("run-3")));
}

}  // namespace
}  // namespace baton
