#include "coordinator/journal/journal.h"

#include "common/status/status_macros.h"

namespace baton {

absl::StatusOr<std::vector<StoredRecord>> Journal::Read(uint64_t after, size_t count_max) {
  std::vector<StoredRecord> records;
  const absl::Status scanned = Scan(after, count_max, [&records](const StoredRecord& stored) {
                                 records.push_back(stored);
                                 return absl::OkStatus();
                               }).status();
  RETURN_IF_ERROR(scanned);
  return records;
}

}  // namespace baton
