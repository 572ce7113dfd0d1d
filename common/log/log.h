#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace baton {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// A log file is rotated at this size, and this many rotated files are kept beside it.
inline constexpr uint64_t kLogFileSizeBytesMax = uint64_t{16} * 1024 * 1024;
inline constexpr uint32_t kLogFilesKept = 4;

// A longer message is cut and says so.
inline constexpr uint64_t kLogMessageSizeBytesMax = uint64_t{16} * 1024;

// Where log lines go and which of them.
struct LogOptions {
  LogLevel level = LogLevel::kInfo;  // this level and those above it
  std::string file;                  // appended to and rotated; empty for none
  bool to_stderr = true;             // under systemd this is the journal
};

// Sends the log of this process where `options` say, from now on. Before the first call it goes to
// stderr at level info. On stderr a line has a time stamp and a level; where stderr is the systemd
// journal, which keeps a time itself, it has the priority prefix that sd-daemon(3) describes
// instead. A file that cannot be opened is FAILED_PRECONDITION, and the log stays as it was. Not
// thread-safe: call it before other threads log.
absl::Status ConfigureLog(const LogOptions& options);

// Write one line each. Line breaks and other control characters of the message are escaped, so that
// what a peer or a tool said cannot look like a line of ours. Thread-safe; never fail: what cannot
// be written is lost.
void LogDebug(absl::string_view message);
void LogInfo(absl::string_view message);
void LogWarning(absl::string_view message);
void LogError(absl::string_view message);

}  // namespace baton
