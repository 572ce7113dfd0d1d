#include "common/fs/record_log.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/fs/record_log_format.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kFileMode = 0600;

absl::Status CheckFits(absl::string_view record, uint64_t log_bytes, const std::string& path) {
  if (record.size() > kRecordBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("append to ", path, ": record of ",
                                                   record.size(), " bytes is above the limit of ",
                                                   kRecordBytesMax));
  }
  if (log_bytes + kRecordHeaderBytes + record.size() > RecordLog::kFileBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("append to ", path, ": the file would exceed ",
                                                     RecordLog::kFileBytesMax, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OpenedRecordLog> RecordLog::Open(FileSystem& fs, const std::string& path) {
  OpenedRecordLog opened;
  opened.log = absl::WrapUnique(new RecordLog(fs, path));
  ASSIGN_OR_RETURN(const std::string data, opened.log->ReadOrCreate());
  absl::StatusOr<ParsedRecordLog> parsed = ParseRecordLog(data);
  RETURN_IF_ERROR(Annotate(parsed.status(), path));
  opened.torn_tail = parsed->intact_bytes < data.size();
  if (opened.torn_tail) RETURN_IF_ERROR(fs.Truncate(path, parsed->intact_bytes));
  opened.log->size_bytes_ = parsed->intact_bytes;
  RETURN_IF_ERROR(opened.log->OpenDurably());
  for (const absl::string_view record : parsed->records) opened.records.emplace_back(record);
  return opened;
}

absl::StatusOr<std::string> RecordLog::ReadOrCreate() {
  absl::StatusOr<std::string> data = fs_.ReadFile(path_, kFileBytesMax);
  if (!absl::IsNotFound(data.status())) return data;
  // Atomically, so that a file without its whole header is never ours.
  RETURN_IF_ERROR(WriteFileAtomically(fs_, path_, kRecordLogHeader, kFileMode));
  return std::string(kRecordLogHeader);
}

// A process that was killed may have left records, and the file's very name, in memory only.
// Whoever reads them acts on them, so they become durable first.
absl::Status RecordLog::OpenDurably() {
  ASSIGN_OR_RETURN(file_, fs_.OpenForAppend(path_, kFileMode));
  RETURN_IF_ERROR(file_->Sync());
  return fs_.SyncFolder(ParentFolder(path_));
}

absl::Status RecordLog::Append(absl::string_view record) {
  RETURN_IF_ERROR(CheckUsable());
  RETURN_IF_ERROR(CheckFits(record, size_bytes_, path_));
  buffer_.clear();
  AppendRecord(record, buffer_);
  size_bytes_ += buffer_.size();
  return Remember(file_->Append(buffer_));
}

absl::Status RecordLog::Sync() {
  RETURN_IF_ERROR(CheckUsable());
  return Remember(file_->Sync());
}

absl::Status RecordLog::Rewrite(const std::vector<std::string>& records) {
  RETURN_IF_ERROR(CheckUsable());
  std::string data(kRecordLogHeader);
  for (const std::string& record : records) {
    RETURN_IF_ERROR(CheckFits(record, data.size(), path_));
    AppendRecord(record, data);
  }
  return Remember(Replace(data));
}

absl::Status RecordLog::Replace(absl::string_view data) {
  RETURN_IF_ERROR(WriteFileAtomically(fs_, path_, data, kFileMode));
  ASSIGN_OR_RETURN(file_, fs_.OpenForAppend(path_, kFileMode));
  size_bytes_ = data.size();
  return absl::OkStatus();
}

absl::Status RecordLog::CheckUsable() const {
  if (failure_.ok()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path_, " must be opened again after: ", failure_.message()));
}

absl::Status RecordLog::Remember(const absl::Status& status) {
  if (!status.ok()) failure_ = status;
  return status;
}

}  // namespace baton
