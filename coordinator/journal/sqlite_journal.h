#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/journal/journal.h"

namespace baton {

// Opens or creates the journal at `path`, an SQLite database (WAL, synchronous=FULL) that this
// process alone writes: FAILED_PRECONDITION, naming the path, if another one has it open. The whole
// hash chain is checked: if it is damaged the journal opens all the same, so that it can be read up
// to there, and every Append is DATA_LOSS naming the first damaged sequence. UNAVAILABLE or
// PosixError-like codes if the file cannot be opened.
absl::StatusOr<std::unique_ptr<Journal>> OpenSqliteJournal(const std::string& path);

}  // namespace baton
