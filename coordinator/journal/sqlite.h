#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace baton {

// A prepared statement. Columns count from 0, parameters from 1. Not thread-safe.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, sqlite3_stmt* statement);
  SqliteStatement(SqliteStatement&&) = default;
  SqliteStatement& operator=(SqliteStatement&&) = default;

  absl::Status BindInt(int parameter, int64_t value);
  absl::Status BindText(int parameter, absl::string_view value);
  absl::Status BindBlob(int parameter, absl::string_view value);

  // Runs to the next row. True if there is one. Errors end with SQLite's own words.
  absl::StatusOr<bool> Step();

  // Makes the statement ready to run again.
  absl::Status Reset();

  // Columns of the present row.
  int64_t Int(int column) const;
  std::string Blob(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// A database file. Not thread-safe.
class SqliteDatabase {
 public:
  // Opens or creates it with mode 0600, in WAL mode with synchronous=FULL, locked against any other
  // process: FAILED_PRECONDITION if one has it.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(const std::string& path);

  // Runs statements without parameters.
  absl::Status Execute(const std::string& sql);

  absl::StatusOr<SqliteStatement> Prepare(const std::string& sql);

  // A transaction is open. SQLite ends one by itself after some errors, a full disk among them.
  bool InTransaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  explicit SqliteDatabase(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

// A transaction that is rolled back unless it was committed.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(database) {}
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  absl::Status Begin();

  // After an error the outcome is open.
  absl::Status Commit();

 private:
  SqliteDatabase& database_;
  bool open_ = false;
};

}  // namespace baton
