#include "common/fs/record_log_format.h"

#include <zlib.h>

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kMagic = "baton-record-log ";
constexpr size_t kFixedBytes = 4;
constexpr size_t kVersionDigitsMax = 9;

void AppendFixed32(uint32_t value, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xffU));
  }
}

uint32_t Fixed32At(absl::string_view data, size_t offset) {
  uint32_t value = 0;
  for (size_t i = kFixedBytes; i > 0; --i) {
    value = (value << 8U) | static_cast<unsigned char>(data[offset + i - 1]);
  }
  return value;
}

uint32_t ExtendChecksum(uint32_t checksum, absl::string_view data) {
  return static_cast<uint32_t>(
      crc32_z(checksum, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

uint32_t Checksum(absl::string_view length, absl::string_view payload) {
  return ExtendChecksum(ExtendChecksum(0, length), payload);
}

// The payload size of the record at `offset`, if its length is possible and all of it is there.
std::optional<size_t> PayloadBytesAt(absl::string_view data, size_t offset) {
  if (data.size() - offset < kRecordHeaderBytes) return std::nullopt;
  const size_t payload_bytes = Fixed32At(data, offset);
  const size_t available = data.size() - offset - kRecordHeaderBytes;
  if (payload_bytes > std::min(available, kRecordBytesMax)) return std::nullopt;
  return payload_bytes;
}

// The record of `payload_bytes` at `offset`, if its checksum holds.
std::optional<absl::string_view> IntactRecordAt(absl::string_view data, size_t offset,
                                                size_t payload_bytes) {
  const absl::string_view payload = data.substr(offset + kRecordHeaderBytes, payload_bytes);
  const uint32_t checksum = Checksum(data.substr(offset, kFixedBytes), payload);
  if (checksum != Fixed32At(data, offset + kFixedBytes)) return std::nullopt;
  return payload;
}

// Looks behind the bad record `number` at `offset`: ok if nothing intact follows.
absl::Status CheckIsTornTail(absl::string_view data, size_t offset, size_t number) {
  uint64_t checksummed_bytes = 0;
  for (size_t later = offset + 1; later < data.size(); ++later) {
    const std::optional<size_t> payload_bytes = PayloadBytesAt(data, later);
    if (!payload_bytes.has_value()) continue;
    checksummed_bytes += kFixedBytes + *payload_bytes;
    if (checksummed_bytes > kRecordSearchBytesMax) {
      return absl::DataLossError(
          absl::StrCat("record ", number, " at byte ", offset,
                       " is damaged; whether intact records follow takes too long to find out"));
    }
    if (IntactRecordAt(data, later, *payload_bytes).has_value()) {
      return absl::DataLossError(absl::StrCat("record ", number, " at byte ", offset,
                                              " is damaged; an intact record follows at byte ",
                                              later));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckHeader(absl::string_view data) {
  if (absl::StartsWith(data, kRecordLogHeader)) return absl::OkStatus();
  // A version is a few digits up to the end of the line; anything else is not a log of ours.
  absl::string_view version = data.substr(0, kMagic.size() + kVersionDigitsMax + 1);
  const bool begins = absl::ConsumePrefix(&version, kMagic);
  const size_t digits = version.find('\n');
  version = version.substr(0, digits);
  if (begins && digits != absl::string_view::npos && digits > 0 &&
      std::all_of(version.begin(), version.end(), absl::ascii_isdigit)) {
    return absl::FailedPreconditionError(absl::StrCat("record log of version ", version,
                                                      "; this program reads and writes version 1"));
  }
  return absl::DataLossError("does not begin like a record log");
}

}  // namespace

void AppendRecord(absl::string_view record, std::string& log) {
  const size_t start = log.size();
  AppendFixed32(static_cast<uint32_t>(record.size()), log);
  AppendFixed32(Checksum(absl::string_view(log).substr(start), record), log);
  log.append(record.data(), record.size());
}

absl::StatusOr<ParsedRecordLog> ParseRecordLog(absl::string_view data) {
  RETURN_IF_ERROR(CheckHeader(data));
  ParsedRecordLog parsed;
  parsed.intact_bytes = kRecordLogHeader.size();
  while (parsed.intact_bytes < data.size()) {
    std::optional<absl::string_view> record;
    if (const auto payload_bytes = PayloadBytesAt(data, parsed.intact_bytes)) {
      record = IntactRecordAt(data, parsed.intact_bytes, *payload_bytes);
    }
    if (!record.has_value()) {
      RETURN_IF_ERROR(CheckIsTornTail(data, parsed.intact_bytes, parsed.records.size() + 1));
      break;
    }
    parsed.records.push_back(*record);
    parsed.intact_bytes += kRecordHeaderBytes + record->size();
  }
  return parsed;
}

}  // namespace baton
