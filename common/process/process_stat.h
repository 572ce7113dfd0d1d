#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton {

// What /proc/PID/stat says of a process (proc(5)).
struct ProcessStat {
  char state = '\0';         // 'Z' and 'X' are processes that have ended
  uint64_t start_ticks = 0;  // clock ticks between the boot and the start of the process
};

// Reads the text of a /proc/PID/stat. The name of a program may contain blanks and parentheses.
// DATA_LOSS if the text is not what Linux writes.
absl::StatusOr<ProcessStat> ParseProcessStat(absl::string_view text);

}  // namespace baton
