#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The bytes of a record log. They are on disks: never change them without a new version.
//
//   log    := header record*
//   header := "baton-record-log 1\n"
//   record := length checksum payload
//
// `length` (of the payload) and `checksum` are 32 bits, little endian. The checksum is zlib's
// CRC-32 of the length's four bytes and the payload. A record of zeros is never valid, so that a
// tail of zeros, as a file system may leave after a power cut, is seen as torn.
//
// What a reader does with damage: a bad record after which no intact record follows is a torn last
// write and ends the log there. A bad record before an intact one was not torn, it was damaged: the
// log is refused. To find out, a reader looks for an intact record at every later byte, since it
// cannot trust the length of a bad one.

namespace baton {

inline constexpr absl::string_view kRecordLogHeader = "baton-record-log 1\n";
inline constexpr size_t kRecordHeaderBytes = 8;
inline constexpr size_t kRecordBytesMax = size_t{1} << 20;

// How many bytes are checksummed in search of an intact record behind a bad one, at most. Beyond,
// the log counts as damaged: that is the answer which loses nothing.
inline constexpr uint64_t kRecordSearchBytesMax = uint64_t{64} << 20;

// What the bytes of a log hold.
struct ParsedRecordLog {
  std::vector<absl::string_view> records;  // within the parsed data
  size_t intact_bytes = 0;                 // header and intact records; a torn tail is behind them
};

// Adds one record to `log`. REQUIRES: the record has at most kRecordBytesMax bytes.
void AppendRecord(absl::string_view record, std::string& log);

// Reads the bytes of a whole log. DATA_LOSS if they do not begin with the header or a record is
// damaged, naming its number (from 1) and byte offset; FAILED_PRECONDITION if the log has another
// version.
absl::StatusOr<ParsedRecordLog> ParseRecordLog(absl::string_view data);

}  // namespace baton
