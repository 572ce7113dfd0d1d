#include "coordinator/journal/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusCode CodeOf(int result) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kAlreadyExists;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status Error(sqlite3* database, int result) {
  const char* file = sqlite3_db_filename(database, "main");
  const std::string words = sqlite3_errmsg(database);
  const std::string general = sqlite3_errstr(result);
  return {CodeOf(result), absl::StrCat("journal ", file == nullptr ? "" : file, ": ", words,
                                       words == general ? "" : absl::StrCat(" (", general, ")"))};
}

absl::Status Check(sqlite3* database, int result) {
  return result == SQLITE_OK ? absl::OkStatus() : Error(database, result);
}

// SQLite makes files by the umask; the journal is nobody else's to read. A file that is there is
// not opened: closing it would drop every lock that this process holds on it, those of SQLite
// included.
absl::Status CreatePrivately(const std::string& path) {
  const int fd = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) {
    close(fd);
    return absl::OkStatus();
  }
  struct stat file = {};
  if (errno != EEXIST || lstat(path.c_str(), &file) != 0) {
    return PosixError(absl::StrCat("journal ", path), errno);
  }
  return S_ISREG(file.st_mode) ? absl::OkStatus()
                               : absl::FailedPreconditionError(
                                     absl::StrCat("journal ", path, " is not a regular file"));
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

absl::Status SqliteStatement::BindInt(int parameter, int64_t value) {
  return Check(database_, sqlite3_bind_int64(statement_.get(), parameter, value));
}

absl::Status SqliteStatement::BindText(int parameter, absl::string_view value) {
  return Check(database_, sqlite3_bind_text64(statement_.get(), parameter, value.data(),
                                              value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

absl::Status SqliteStatement::BindBlob(int parameter, absl::string_view value) {
  // A null pointer would bind NULL, not an empty blob.
  const char* data = value.empty() ? "" : value.data();
  return Check(database_, sqlite3_bind_blob64(statement_.get(), parameter, data, value.size(),
                                              SQLITE_TRANSIENT));
}

absl::StatusOr<bool> SqliteStatement::Step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return Error(database_, result);
}

absl::Status SqliteStatement::Reset() { return Check(database_, sqlite3_reset(statement_.get())); }

int64_t SqliteStatement::Int(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteStatement::Blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (data == nullptr) return "";
  return {static_cast<const char*>(data), static_cast<size_t>(size)};
}

void SqliteDatabase::Close::operator()(sqlite3* database) const {
  const int result = sqlite3_close(database);
  assert(result == SQLITE_OK && "a statement outlived its database");
  static_cast<void>(result);
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path) {
  RETURN_IF_ERROR(CreatePrivately(path));
  sqlite3* raw = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(raw));
  RETURN_IF_ERROR(Check(raw, result));
  // The exclusive lock is taken by the first write and held for good: one writer.
  for (const char* pragma : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL",
                             "PRAGMA synchronous = FULL", "BEGIN EXCLUSIVE; COMMIT"}) {
    const absl::Status status = database->Execute(pragma);
    if (status.code() == absl::StatusCode::kFailedPrecondition) {
      return absl::FailedPreconditionError(
          absl::StrCat("journal ", path, " is open in another process: ", status.message()));
    }
    RETURN_IF_ERROR(status);
  }
  return database;
}

absl::Status SqliteDatabase::Execute(const std::string& sql) {
  return Check(database_.get(),
               sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  RETURN_IF_ERROR(Check(database_.get(),
                        sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &statement, nullptr)));
  return SqliteStatement(database_.get(), statement);
}

bool SqliteDatabase::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

SqliteTransaction::~SqliteTransaction() {
  if (!open_ || !database_.InTransaction()) return;
  const absl::Status status = database_.Execute("ROLLBACK");
  if (!status.ok()) LogWarning(absl::StrCat("rolling back: ", status.message()));
}

absl::Status SqliteTransaction::Begin() {
  RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  open_ = true;
  return absl::OkStatus();
}

absl::Status SqliteTransaction::Commit() {
  RETURN_IF_ERROR(database_.Execute("COMMIT"));
  open_ = false;
  return absl::OkStatus();
}

}  // namespace baton
