#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"

namespace baton {

struct OpenedRecordLog;

// An append-only file of opaque records, each with a checksum: what was synced is read back after
// any crash, and what is read back was written. The bytes are described in record_log_format.h. Not
// thread-safe.
//
// After an error of Append, Sync or Rewrite (other than the refusals named there) it is unknown
// what the file holds: every later call fails with FAILED_PRECONDITION, and the log must be opened
// again.
class RecordLog {
 public:
  // Neither a log nor its replacement by Rewrite grows beyond this.
  static constexpr uint64_t kFileBytesMax = uint64_t{256} << 20;

  // Opens the log at `path`, in an existing folder; creates an empty one, readable to its owner
  // alone, if there is none. A torn last record is cut off. The records that are returned survive a
  // power cut, also those that a killed process had appended but not synced. DATA_LOSS if a record
  // before an intact one is damaged or the file is no record log; FAILED_PRECONDITION if it has
  // another version; OUT_OF_RANGE if it is larger than kFileBytesMax; errors of `fs`. All name the
  // path. After an error the file is as it was, or has lost its torn tail. REQUIRES: `fs` outlives
  // the log; nobody else has the path open.
  static absl::StatusOr<OpenedRecordLog> Open(FileSystem& fs, const std::string& path);

  RecordLog(const RecordLog&) = delete;
  RecordLog& operator=(const RecordLog&) = delete;

  // Adds a record, which is durable after the next Sync. Refusals, which change nothing:
  // INVALID_ARGUMENT if it is larger than kRecordBytesMax, RESOURCE_EXHAUSTED if the file would
  // grow beyond kFileBytesMax (Rewrite makes room).
  absl::Status Append(absl::string_view record);

  // Returns once every appended record survives a power cut.
  absl::Status Sync();

  // Atomically replaces all records by `records`, durably: after a crash the log holds either all
  // the old or all the new ones. Refusals as of Append.
  absl::Status Rewrite(const std::vector<std::string>& records);

  // Bytes in the file.
  uint64_t size_bytes() const { return size_bytes_; }

 private:
  RecordLog(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}

  absl::StatusOr<std::string> ReadOrCreate();
  absl::Status OpenDurably();
  absl::Status Replace(absl::string_view data);
  absl::Status CheckUsable() const;
  // Remembers an error, so that later calls fail.
  absl::Status Remember(const absl::Status& status);

  FileSystem& fs_;
  const std::string path_;
  std::unique_ptr<AppendFile> file_;
  uint64_t size_bytes_ = 0;
  absl::Status failure_;
  std::string buffer_;  // one record's bytes; kept for its memory
};

// What RecordLog::Open found.
struct OpenedRecordLog {
  std::unique_ptr<RecordLog> log;
  std::vector<std::string> records;
  bool torn_tail = false;  // the last write was incomplete and was cut off
};

}  // namespace baton
