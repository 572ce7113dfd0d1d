#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace baton::standin {

inline constexpr int64_t kServiceLogBytesMax = 4 << 20;

// The two lines of a service's two-phase start, as the platform puts them into the event log.
inline constexpr absl::string_view kStartedLine =
    "Service started successfully. Waiting for initialization...";
inline constexpr absl::string_view kInitializedLine = "Service initialized successfully.";

// DIR/log/NAME.log, in the place of the Windows event log: `TIME Information|Error WORDS`, TIME in
// RFC 3339 with milliseconds, UTC. Above kServiceLogBytesMax the file becomes NAME.log.1 and a new
// one begins. Write errors are ignored: a full disk must not change what a service does. Not
// thread-safe.
class ServiceLog {
 public:
  explicit ServiceLog(std::string path) : path_(std::move(path)) {}

  void Information(absl::string_view words) { Write("Information", words); }
  void Error(absl::string_view words) { Write("Error", words); }

 private:
  void Write(absl::string_view level, absl::string_view words);

  std::string path_;
};

}  // namespace baton::standin
