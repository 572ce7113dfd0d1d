#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "common/fs/file_system.h"
#include "common/fs/record_log.h"

namespace baton {

// An agent's operation log: entries as records of a RecordLog (docs/journal-format.md). Not
// thread-safe.
class OperationLog {
 public:
  struct Opened;

  // Opens the log at `path`. DATA_LOSS, naming the path, for a damaged log or an entry that cannot
  // be parsed; other errors of RecordLog::Open.
  static absl::StatusOr<Opened> Open(FileSystem& fs, const std::string& path);

  // Returns once the entries survive a power cut. Any error but RESOURCE_EXHAUSTED is DATA_LOSS:
  // the log can take no more. So is RESOURCE_EXHAUSTED that left a part of the entries behind.
  absl::Status Append(const std::vector<agent::v1::LogEntry>& entries);

  // Replaces the log by the shorter `entries` if it has grown past kCompactBytes. An error leaves
  // the old log.
  absl::Status CompactIfLarge(const std::vector<agent::v1::LogEntry>& entries);

 private:
  explicit OperationLog(std::unique_ptr<RecordLog> log) : log_(std::move(log)) {}

  std::unique_ptr<RecordLog> log_;
};

// What Open found.
struct OperationLog::Opened {
  OperationLog log;
  std::vector<agent::v1::LogEntry> entries;
  bool torn_tail = false;
};

// A log that is larger is compacted when the agent starts.
inline constexpr uint64_t kCompactBytes = uint64_t{1} << 20;

}  // namespace baton
