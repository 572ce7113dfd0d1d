// What only the journal on disk does: locks, damage, full disks, crashes.

#include "coordinator/journal/sqlite_journal.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/journal/faulty_vfs.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using journal::v1::Record;
using testing::AnyOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr size_t kAll = 1000;

Record RecordOf(const std::string& reason) {
  Record record;
  record.mutable_adopted()->set_reason(reason);
  return record;
}

class SqliteJournalTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> Open() {
    absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(path_);
    EXPECT_OK(journal);
    return journal.ok() ? *std::move(journal) : nullptr;
  }

  // A journal with five records lies on disk.
  void WriteFive() {
    const std::unique_ptr<Journal> journal = Open();
    for (int i = 1; i <= 5; ++i) ASSERT_OK(journal->Append({RecordOf(absl::StrCat("r", i))}));
  }

  // Changes the database behind the journal's back.
  void Sql(const std::string& sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
    sqlite3_free(error);
    sqlite3_close(database);
  }

  // Replaces a record by other bytes with a hash that fits them.
  void Replace(uint64_t sequence, const std::string& bytes) {
    Sql(absl::StrCat("UPDATE record SET bytes = x'", absl::BytesToHexString(bytes), "', hash = x'",
                     absl::BytesToHexString(Sha256(bytes)), "' WHERE sequence = ", sequence));
  }

  // The journal opens, can be read up to the damage, names it, and takes nothing more.
  void ExpectDamage(uint64_t intact, absl::string_view words) {
    const std::unique_ptr<Journal> journal = Open();
    ASSERT_NE(journal, nullptr);
    EXPECT_EQ(journal->End().sequence(), intact);
    if (intact > 0) {
      ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal->Read(0, kAll));
      EXPECT_THAT(records, SizeIs(intact));
    }
    const auto names_it = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(std::string(words)));
    EXPECT_THAT(journal->Read(intact, kAll), names_it);
    EXPECT_THAT(journal->Append({RecordOf("more")}), names_it);
    EXPECT_THAT(journal->BeginAt({}), names_it);
  }

  TempFolder folder_;
  std::string path_ = folder_ / "journal.sqlite";
};

// --- Who may open it ----------------------------------------------------------------------------

TEST_F(SqliteJournalTest, IsNobodyElsesToRead) {
  const std::unique_ptr<Journal> journal = Open();
  ASSERT_OK(journal->Append({RecordOf("r")}));
  for (const char* suffix : {"", "-wal"}) {
    struct stat file = {};
    ASSERT_EQ(stat(absl::StrCat(path_, suffix).c_str(), &file), 0) << suffix;
    EXPECT_EQ(file.st_mode & 0777, 0600U) << suffix;
  }
}

TEST_F(SqliteJournalTest, RefusesASecondOpener) {
  const std::unique_ptr<Journal> first = Open();
  EXPECT_THAT(OpenSqliteJournal(path_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr(absl::StrCat(path_, " is open in another process"))));
  EXPECT_OK(first->Append({RecordOf("r")}));
}

// Locks of POSIX belong to the process: the refused opener must not have dropped them.
TEST_F(SqliteJournalTest, RefusesAnotherProcessEvenAfterASecondOpener) {
  const std::unique_ptr<Journal> first = Open();
  ASSERT_THAT(OpenSqliteJournal(path_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another process")));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // What a forked child inherits of SQLite's bookkeeping it must not use: a lock tells enough.
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    const int fd = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    _exit(fcntl(fd, F_SETLK, &lock) == 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 1) << "another process could lock the journal";
}

TEST_F(SqliteJournalTest, OpensAgainOnceItWasClosed) {
  { const std::unique_ptr<Journal> first = Open(); }
  EXPECT_OK(OpenSqliteJournal(path_));
}

TEST_F(SqliteJournalTest, RefusesWhatIsNoFile) {
  const std::string link = folder_ / "link";
  ASSERT_EQ(symlink(path_.c_str(), link.c_str()), 0);
  EXPECT_THAT(OpenSqliteJournal(link),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a regular file")));
  EXPECT_THAT(OpenSqliteJournal(folder_ / "missing/journal"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing/journal")));
}

TEST_F(SqliteJournalTest, RefusesWhatIsNoJournal) {
  std::ofstream(path_) << "This is a letter to my aunt, and it is long enough to have a header.\n"
                       << std::string(4096, 'x');
  EXPECT_THAT(OpenSqliteJournal(path_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("not a database")));
}

TEST_F(SqliteJournalTest, RefusesANewerFormat) {
  WriteFive();
  Sql("PRAGMA user_version = 2");
  EXPECT_THAT(OpenSqliteJournal(path_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("has format 2, this version reads up to 1")));
}

// --- Damage -------------------------------------------------------------------------------------

TEST_F(SqliteJournalTest, NamesADamagedRow) {
  WriteFive();
  Sql("UPDATE record SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || 'X' AS BLOB)"
      " WHERE sequence = 3");
  ExpectDamage(2, "record 3 is damaged: its bytes do not give its hash");
}

TEST_F(SqliteJournalTest, NamesADamagedFirstRow) {
  WriteFive();
  Sql("UPDATE record SET bytes = x'00' WHERE sequence = 1");
  ExpectDamage(0, "record 1 is damaged");
}

TEST_F(SqliteJournalTest, NamesAMissingRow) {
  WriteFive();
  Sql("DELETE FROM record WHERE sequence = 3");
  ExpectDamage(2, "record 3 is missing: the next one there is 4");
}

TEST_F(SqliteJournalTest, NamesAMissingBeginning) {
  WriteFive();
  Sql("DELETE FROM record WHERE sequence = 1");
  ExpectDamage(0, "record 1 is missing");
}

TEST_F(SqliteJournalTest, NamesAReplacedHash) {
  WriteFive();
  Sql("UPDATE record SET hash = zeroblob(32) WHERE sequence = 5");
  ExpectDamage(4, "record 5 is damaged: its bytes do not give its hash");
}

// Somebody who can compute hashes rewrote history: the next record shows it.
TEST_F(SqliteJournalTest, NamesTheRecordAfterAForgedOne) {
  WriteFive();
  Record forged = RecordOf("forged");
  {
    const std::unique_ptr<Journal> journal = Open();
    ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal->Read(2, 1));
    forged.set_sequence(3);
    forged.set_previous_hash(records[0].record.previous_hash());
  }
  Replace(3, forged.SerializeAsString());
  ExpectDamage(3, "record 4 does not follow record 3");
}

TEST_F(SqliteJournalTest, StopsAtAKindThatItDoesNotKnow) {
  WriteFive();
  Record newer;
  {
    const std::unique_ptr<Journal> journal = Open();
    ASSERT_OK_AND_ASSIGN(const std::vector<StoredRecord> records, journal->Read(4, 1));
    newer = records[0].record;
  }
  newer.clear_adopted();
  newer.GetReflection()->MutableUnknownFields(&newer)->AddLengthDelimited(1000, "new");
  Replace(5, newer.SerializeAsString());
  ExpectDamage(4, "record 5 is of a kind that this version does not know");
}

// From inside a lost tail cannot be seen; End shows it to who remembers more.
TEST_F(SqliteJournalTest, EndsEarlierAfterALostTail) {
  WriteFive();
  const plan::v1::Anchor shown = Open()->End();
  Sql("DELETE FROM record WHERE sequence > 3");
  const std::unique_ptr<Journal> journal = Open();
  EXPECT_EQ(shown.sequence(), 5U);
  EXPECT_EQ(journal->End().sequence(), 3U);
  ASSERT_OK(journal->Append({RecordOf("another 4"), RecordOf("another 5")}));
  EXPECT_EQ(journal->End().sequence(), 5U);
  EXPECT_NE(journal->End().hash(), shown.hash());
}

// --- Full disks and crashes ---------------------------------------------------------------------

// The disk is full at every write of an append in turn.
TEST_F(SqliteJournalTest, AFullDiskLosesTheWholeBatchAndNothingElse) {
  const FaultyVfs faults;
  WriteFive();
  uint64_t expected = 5;
  int write = 1;
  for (bool failed = true; failed; ++write) {
    SCOPED_TRACE(absl::StrCat("write ", write));
    const std::unique_ptr<Journal> journal = Open();
    FaultyVfs::FailWrites(write);
    const absl::StatusOr<std::vector<StoredRecord>> stored =
        journal->Append({RecordOf("small"), RecordOf(std::string(10000, 'x'))});
    failed = FaultyVfs::failed();
    FaultyVfs::FailWrites(0);
    if (failed) {
      EXPECT_THAT(stored, StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(path_)));
    } else {
      EXPECT_OK(stored);
      expected += 2;
    }
    EXPECT_EQ(journal->End().sequence(), expected);
    EXPECT_THAT(journal->Read(0, kAll), IsOkAndHolds(SizeIs(expected)));
  }
  EXPECT_GT(write, 5) << "the batch has several pages";
  EXPECT_OK(Open()->Append({RecordOf("after")}));
}

// What a failed sync left on the disk nobody can say: the journal must be opened again.
TEST_F(SqliteJournalTest, AFailedSyncMakesTheJournalBeOpenedAgain) {
  const FaultyVfs faults;
  WriteFive();
  {
    const std::unique_ptr<Journal> journal = Open();
    FaultyVfs::FailSyncs(1);
    EXPECT_THAT(journal->Append({RecordOf("a"), RecordOf("b")}),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("I/O error")));
    EXPECT_TRUE(FaultyVfs::failed());
    FaultyVfs::FailSyncs(0);
    EXPECT_THAT(journal->Append({RecordOf("c")}),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("must be opened again")));
    EXPECT_THAT(journal->Read(0, 5), IsOkAndHolds(SizeIs(5)));
  }
  const std::unique_ptr<Journal> journal = Open();
  EXPECT_THAT(journal->End().sequence(), AnyOf(5, 7));
  EXPECT_OK(journal->Append({RecordOf("d")}));
}

// The end of a child that appended until it was killed.
void AppendForever(const std::string& path, int told) {
  absl::StatusOr<std::unique_ptr<Journal>> journal = OpenSqliteJournal(path);
  if (!journal.ok()) _exit(1);
  while (true) {
    const absl::StatusOr<std::vector<StoredRecord>> stored =
        (*journal)->Append({RecordOf("first of two"), RecordOf("second of two")});
    if (!stored.ok()) _exit(2);
    const uint64_t sequence = stored->back().record.sequence();
    if (write(told, &sequence, sizeof(sequence)) != sizeof(sequence)) _exit(3);
  }
}

TEST_F(SqliteJournalTest, KeepsWhatItToldAfterAKill) {
  for (const int appends : {1, 2, 7, 20}) {
    int pipe_fds[2] = {};
    ASSERT_EQ(pipe(pipe_fds), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) AppendForever(path_, pipe_fds[1]);
    close(pipe_fds[1]);
    uint64_t told = 0;
    for (int i = 0; i < appends; ++i) {
      ASSERT_EQ(read(pipe_fds[0], &told, sizeof(told)), static_cast<ssize_t>(sizeof(told)));
    }
    ASSERT_EQ(kill(child, SIGKILL), 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    while (read(pipe_fds[0], &told, sizeof(told)) > 0) continue;
    close(pipe_fds[0]);

    const std::unique_ptr<Journal> journal = Open();
    EXPECT_GE(journal->End().sequence(), told);
    EXPECT_EQ(journal->End().sequence() % 2, 0U) << "half a batch";
    EXPECT_THAT(journal->Read(0, 100000), IsOkAndHolds(SizeIs(journal->End().sequence())));
  }
}

}  // namespace
}  // namespace baton
