#include "coordinator/journal/sqlite_journal.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "common/sync/mutex.h"
#include "coordinator/journal/chain.h"
#include "coordinator/journal/sqlite.h"

namespace baton {
namespace {

// Part of the journal format. user_version counts changes that an older version cannot read.
constexpr int kFormatVersion = 1;
constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS record (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS start (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS plan (id TEXT PRIMARY KEY, number INTEGER NOT NULL,"
    " bytes BLOB NOT NULL) STRICT;";

// Rows that one query of the chain check reads.
constexpr size_t kCheckBatch = 1000;

class SqliteJournal : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<SqliteDatabase> database)
      : database_(std::move(database)) {}

  // Makes the tables, finds the end and checks the chain.
  absl::Status Start();

  absl::StatusOr<std::vector<StoredRecord>> Append(
      std::vector<journal::v1::Record> records) override;
  absl::StatusOr<uint64_t> Scan(uint64_t after, size_t count_max, Taker take) override;
  plan::v1::Anchor End() override;
  absl::Status BeginAt(const plan::v1::Anchor& anchor) override;
  absl::Status SavePlan(const plan::v1::Plan& plan) override;
  absl::StatusOr<plan::v1::Plan> LoadPlan(absl::string_view plan_id) override;

 private:
  absl::Status CheckFormat() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ReadStart() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<uint64_t> ScanLocked(uint64_t after, size_t count_max, Taker take)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The hash of a record; of the journal's start for the sequence before its first record.
  absl::StatusOr<plan::v1::Anchor> AnchorAt(uint64_t sequence)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  std::unique_ptr<SqliteDatabase> database_ ABSL_GUARDED_BY(mutex_);
  plan::v1::Anchor start_ ABSL_GUARDED_BY(mutex_);  // before the first record
  plan::v1::Anchor end_ ABSL_GUARDED_BY(mutex_);
  absl::Status broken_ ABSL_GUARDED_BY(mutex_);  // why nothing may be appended
};

absl::Status SqliteJournal::CheckFormat() {
  ASSIGN_OR_RETURN(SqliteStatement statement, database_->Prepare("PRAGMA user_version"));
  RETURN_IF_ERROR(statement.Step().status());
  const int64_t version = statement.Int(0);
  if (version > kFormatVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the journal has format ", version, ", this version reads up to ", kFormatVersion));
  }
  if (version == kFormatVersion) return absl::OkStatus();
  RETURN_IF_ERROR(database_->Execute(kSchema));
  return database_->Execute(absl::StrCat("PRAGMA user_version = ", kFormatVersion));
}

absl::Status SqliteJournal::ReadStart() {
  ASSIGN_OR_RETURN(SqliteStatement statement,
                   database_->Prepare("SELECT sequence, hash FROM start"));
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return absl::OkStatus();
  start_.set_sequence(static_cast<uint64_t>(statement.Int(0)));
  start_.set_hash(statement.Blob(1));
  return absl::OkStatus();
}

absl::Status SqliteJournal::Start() {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckFormat());
  RETURN_IF_ERROR(ReadStart());
  plan::v1::Anchor end = start_;
  const auto pass = [&end](const StoredRecord& stored) {
    end.set_sequence(stored.record.sequence());
    end.set_hash(stored.hash);
    return absl::OkStatus();
  };
  while (broken_.ok()) {
    end_ = end;
    const absl::StatusOr<uint64_t> last = ScanLocked(end_.sequence(), kCheckBatch, pass);
    if (last.ok() && *last == end_.sequence()) break;
    broken_.Update(last.status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredRecord>> SqliteJournal::Append(
    std::vector<journal::v1::Record> records) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(broken_);
  plan::v1::Anchor end = end_;
  std::vector<StoredRecord> stored;
  SqliteTransaction transaction(*database_);
  RETURN_IF_ERROR(transaction.Begin());
  ASSIGN_OR_RETURN(SqliteStatement insert,
                   database_->Prepare("INSERT INTO record VALUES (?, ?, ?)"));
  for (journal::v1::Record& record : records) {
    ASSIGN_OR_RETURN(SealedRecord sealed, Seal(std::move(record), end));
    end.set_sequence(sealed.stored.record.sequence());
    end.set_hash(sealed.stored.hash);
    RETURN_IF_ERROR(insert.BindInt(1, static_cast<int64_t>(end.sequence())));
    RETURN_IF_ERROR(insert.BindBlob(2, sealed.bytes));
    RETURN_IF_ERROR(insert.BindBlob(3, sealed.stored.hash));
    RETURN_IF_ERROR(insert.Step().status());
    RETURN_IF_ERROR(insert.Reset());
    stored.push_back(std::move(sealed.stored));
  }
  if (const absl::Status committed = transaction.Commit(); !committed.ok()) {
    broken_ =
        absl::Status(committed.code(),
                     absl::StrCat("the journal must be opened again after: ", committed.message()));
    return committed;
  }
  end_ = end;
  return stored;
}

absl::StatusOr<plan::v1::Anchor> SqliteJournal::AnchorAt(uint64_t sequence) {
  if (sequence <= start_.sequence()) return start_;
  ASSIGN_OR_RETURN(SqliteStatement statement,
                   database_->Prepare("SELECT hash FROM record WHERE sequence = ?"));
  RETURN_IF_ERROR(statement.BindInt(1, static_cast<int64_t>(sequence)));
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  plan::v1::Anchor anchor;
  anchor.set_sequence(sequence);
  if (found) anchor.set_hash(statement.Blob(0));
  return anchor;
}

absl::StatusOr<uint64_t> SqliteJournal::Scan(uint64_t after, size_t count_max, Taker take) {
  MutexLock lock(mutex_);
  return ScanLocked(after, count_max, take);
}

absl::StatusOr<uint64_t> SqliteJournal::ScanLocked(uint64_t after, size_t count_max, Taker take) {
  // SQLite's integers have a sign: a larger number would stand for the very beginning.
  if (after > std::numeric_limits<int64_t>::max()) return after;
  count_max = std::min<size_t>(count_max, std::numeric_limits<int64_t>::max());
  ASSIGN_OR_RETURN(plan::v1::Anchor previous, AnchorAt(after));
  ASSIGN_OR_RETURN(SqliteStatement statement,
                   database_->Prepare("SELECT sequence, bytes, hash FROM record"
                                      " WHERE sequence > ? ORDER BY sequence LIMIT ?"));
  RETURN_IF_ERROR(statement.BindInt(1, static_cast<int64_t>(after)));
  RETURN_IF_ERROR(statement.BindInt(2, static_cast<int64_t>(count_max)));
  uint64_t last = after;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return last;
    const absl::StatusOr<StoredRecord> stored = Unseal(
        static_cast<uint64_t>(statement.Int(0)), statement.Blob(1), statement.Blob(2), previous);
    if (!stored.ok() && last > after) return last;  // the next Scan names the damage
    RETURN_IF_ERROR(stored.status());
    RETURN_IF_ERROR(take(*stored));
    last = stored->record.sequence();
    previous.set_sequence(last);
    previous.set_hash(stored->hash);
  }
}

plan::v1::Anchor SqliteJournal::End() {
  MutexLock lock(mutex_);
  return end_;
}

absl::Status SqliteJournal::BeginAt(const plan::v1::Anchor& anchor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(broken_);
  if (end_.sequence() != start_.sequence()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the journal is not empty: it ends at record ", end_.sequence()));
  }
  ASSIGN_OR_RETURN(SqliteStatement statement,
                   database_->Prepare("INSERT OR REPLACE INTO start VALUES (1, ?, ?)"));
  RETURN_IF_ERROR(statement.BindInt(1, static_cast<int64_t>(anchor.sequence())));
  RETURN_IF_ERROR(statement.BindBlob(2, anchor.hash()));
  RETURN_IF_ERROR(statement.Step().status());
  start_ = anchor;
  end_ = anchor;
  return absl::OkStatus();
}

absl::Status SqliteJournal::SavePlan(const plan::v1::Plan& plan) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(
      SqliteStatement insert,
      database_->Prepare("INSERT INTO plan SELECT ?, 1 + COALESCE(MAX(number), 0), ? FROM plan"));
  RETURN_IF_ERROR(insert.BindText(1, plan.plan_id()));
  RETURN_IF_ERROR(insert.BindBlob(2, plan.SerializeAsString()));
  RETURN_IF_ERROR(insert.Step().status());
  ASSIGN_OR_RETURN(
      SqliteStatement trim,
      database_->Prepare("DELETE FROM plan WHERE number <= (SELECT MAX(number) FROM plan) - ?"));
  RETURN_IF_ERROR(trim.BindInt(1, static_cast<int64_t>(kPlansMax)));
  return trim.Step().status();
}

absl::StatusOr<plan::v1::Plan> SqliteJournal::LoadPlan(absl::string_view plan_id) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(SqliteStatement statement,
                   database_->Prepare("SELECT bytes FROM plan WHERE id = ?"));
  RETURN_IF_ERROR(statement.BindText(1, plan_id));
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return absl::NotFoundError(absl::StrCat("there is no plan \"", plan_id, "\""));
  plan::v1::Plan plan;
  if (!plan.ParseFromString(statement.Blob(0))) {
    return absl::DataLossError(absl::StrCat("plan ", plan_id, " cannot be parsed"));
  }
  return plan;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Journal>> OpenSqliteJournal(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::Open(path));
  auto journal = std::make_unique<SqliteJournal>(std::move(database));
  RETURN_IF_ERROR(journal->Start());
  return journal;
}

}  // namespace baton
