#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/process/process_identity.h"

namespace baton {

// What a supervisor stores before it lets the tool run. Once it is stored, the tool may have run;
// as long as it is not, the tool has not.
struct ToolStart {
  ProcessIdentity supervisor;
  ProcessIdentity tool;
  absl::Time start_time;
};

// What a supervisor stores last: how the tool ended.
struct ToolExit {
  int exit_code = 0;        // 0 if a signal ended it
  int signal = 0;           // the signal that ended it, or 0
  bool timed_out = false;   // it exceeded its time-out and was killed
  bool killed = false;      // it was killed on request
  bool succeeded = false;   // it ended by itself with one of the command's success exit codes
  std::string start_error;  // not empty: the tool has not run, and why; the rest then says nothing
  absl::Time end_time;
  uint64_t output_bytes = 0;          // stored
  uint64_t output_bytes_dropped = 0;  // not stored, because of the limit or of `output_error`
  std::string output_error;           // not empty: the output could not be stored, and why
};

enum class ToolState {
  kNotStarted,  // its command is stored, it has not run and no supervisor is at work: start it
                // again
  kRunning,     // the tool runs, or its supervisor is at work
  kExited,      // the supervisor stored how it ended
  kLost,        // it may have run; tool and supervisor are gone and nobody knows how it ended
};

// What is known of a tool.
struct ToolStatus {
  ToolState state = ToolState::kNotStarted;
  std::optional<ToolStart> start;  // set when the tool may have run
  std::optional<ToolExit> exit;    // set when kExited
};

// Texts of the stored files. Decoders answer DATA_LOSS for anything that encoders do not write.
// Error texts longer than kToolErrorBytesMax are cut, so that an exit record is never larger than
// kExitBytesMax: its space is reserved before the tool starts.
inline constexpr size_t kToolErrorBytesMax = 800;
inline constexpr size_t kExitBytesMax = 8192;
std::string EncodeToolStart(const ToolStart& start);
absl::StatusOr<ToolStart> DecodeToolStart(absl::string_view text);
std::string EncodeToolExit(const ToolExit& exit);
absl::StatusOr<ToolExit> DecodeToolExit(absl::string_view text);

}  // namespace baton
