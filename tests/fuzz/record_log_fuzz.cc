// Any bytes as a record log: whatever opens holds exactly the records that were read, opens again
// without a torn tail, and takes further records.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/fs/record_log.h"
#include "common/fs/record_log_format.h"
#include "tests/support/fake_file_system.h"

namespace baton {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void RoundTrip(absl::string_view data) {
  const std::string path = "/log";
  FakeFileSystem fs;
  fs.PutFile(path, data);
  absl::StatusOr<OpenedRecordLog> opened = RecordLog::Open(fs, path);
  if (!opened.ok()) {
    Require(absl::IsDataLoss(opened.status()) || absl::IsFailedPrecondition(opened.status()));
    Require(*fs.ReadFile(path, data.size()) == data);
    return;
  }
  std::string expected(kRecordLogHeader);
  for (const std::string& record : opened->records) AppendRecord(record, expected);
  Require(*fs.ReadFile(path, data.size()) == expected);
  Require(opened->torn_tail == (expected.size() < data.size()));
  Require(opened->log->Append("further").ok());

  opened->records.emplace_back("further");
  const absl::StatusOr<OpenedRecordLog> again = RecordLog::Open(fs, path);
  Require(again.ok() && again->records == opened->records && !again->torn_tail);
}

}  // namespace
}  // namespace baton

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(data, data + size);
  baton::RoundTrip(bytes);
  // Most inputs end at the header; with it in front, all reach the records.
  baton::RoundTrip(std::string(baton::kRecordLogHeader) + bytes);
  return 0;
}
