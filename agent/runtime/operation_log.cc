#include "agent/runtime/operation_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"

namespace baton {

absl::StatusOr<OperationLog::Opened> OperationLog::Open(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(OpenedRecordLog opened, RecordLog::Open(fs, path));
  std::vector<agent::v1::LogEntry> entries;
  for (const std::string& record : opened.records) {
    agent::v1::LogEntry entry;
    if (!entry.ParseFromString(record)) {
      return absl::DataLossError(
          absl::StrCat(path, ": entry ", entries.size() + 1, " cannot be parsed"));
    }
    entries.push_back(std::move(entry));
  }
  return Opened{OperationLog(std::move(opened.log)), std::move(entries), opened.torn_tail};
}

absl::Status OperationLog::Append(const std::vector<agent::v1::LogEntry>& entries) {
  bool appended = false;
  for (const agent::v1::LogEntry& entry : entries) {
    const absl::Status status = log_->Append(entry.SerializeAsString());
    if (!status.ok()) {
      // What came before it must not become durable by the next Sync as if it were whole.
      if (!appended && absl::IsResourceExhausted(status)) return status;
      return absl::DataLossError(status.message());
    }
    appended = true;
  }
  const absl::Status synced = log_->Sync();
  return synced.ok() ? synced : absl::DataLossError(synced.message());
}

absl::Status OperationLog::CompactIfLarge(const std::vector<agent::v1::LogEntry>& entries) {
  if (log_->size_bytes() < kCompactBytes) return absl::OkStatus();
  std::vector<std::string> records;
  records.reserve(entries.size());
  for (const agent::v1::LogEntry& entry : entries) records.push_back(entry.SerializeAsString());
  return log_->Rewrite(records);
}

}  // namespace baton
