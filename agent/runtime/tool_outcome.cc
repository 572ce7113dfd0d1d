#include "agent/runtime/tool_outcome.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Operation;

// Longest line of output that a detail ends with.
constexpr size_t kLastLineBytesMax = 300;

// The last line that is not blank, as plain ASCII: tools write in any code page, and the wire takes
// UTF-8 only.
std::string LastLine(absl::string_view output) {
  std::string last;
  for (const absl::string_view line : absl::StrSplit(output, absl::ByAnyChar("\r\n"))) {
    const absl::string_view words = absl::StripAsciiWhitespace(line);
    if (!words.empty()) last = std::string(words.substr(0, kLastLineBytesMax));
  }
  for (char& c : last) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return last;
}

std::string WordsOf(const ToolExit& exit) {
  if (!exit.start_error.empty()) return exit.start_error;
  if (exit.timed_out) return "its time ran out and it was ended";
  if (exit.killed) return "it was ended on request";
  if (exit.signal != 0) return absl::StrCat("ended by signal ", exit.signal);
  return absl::StrCat("exit code ", exit.exit_code);
}

Operation Ended(plan::v1::OperationState state, std::string detail, absl::Time now) {
  Operation operation;
  operation.set_state(state);
  operation.set_detail(std::move(detail));
  *operation.mutable_end_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(now));
  return operation;
}

Operation ExitOutcome(const ToolExit& exit, absl::Time now) {
  // A tool whose time ran out may have done its work or half of it: read-back must tell.
  Operation operation = Ended(exit.succeeded   ? plan::v1::OPERATION_SUCCEEDED
                              : exit.timed_out ? plan::v1::OPERATION_UNKNOWN
                                               : plan::v1::OPERATION_FAILED,
                              WordsOf(exit), now);
  plan::v1::ToolResult& result = *operation.mutable_tool();
  result.set_exit_code(exit.exit_code);
  result.set_signal(exit.signal);
  result.set_timed_out(exit.timed_out);
  result.set_output_bytes(exit.output_bytes + exit.output_bytes_dropped);
  return operation;
}

}  // namespace

std::optional<Operation> ToolOutcome(const ToolStatus& status, absl::Time now) {
  switch (status.state) {
    case ToolState::kRunning:
      return std::nullopt;
    case ToolState::kNotStarted:
      return Ended(plan::v1::OPERATION_FAILED, "its supervisor did not begin; it has not run", now);
    case ToolState::kExited:
      if (status.exit.has_value()) return ExitOutcome(*status.exit, now);
      break;
    case ToolState::kLost:
      break;
  }
  return Ended(plan::v1::OPERATION_INTERRUPTED,
               "the tool and its supervisor are gone; nobody knows how it ended", now);
}

void AddOutput(absl::string_view tail, Operation& ended) {
  ended.mutable_tool()->set_output_tail(std::string(tail));
  const std::string line = LastLine(tail);
  if (line.empty() || ended.state() == plan::v1::OPERATION_SUCCEEDED) return;
  ended.set_detail(absl::StrCat(ended.detail(), ": ", line));
}

std::optional<RecoveredTool> RecoveredFrom(const std::string& operation_id,
                                           const ToolStatus& status, absl::Time now) {
  if (status.state != ToolState::kRunning && status.state != ToolState::kExited) {
    return std::nullopt;
  }
  return RecoveredTool{operation_id, ToolOutcome(status, now)};
}

std::set<std::string> OpenOperations(const std::vector<agent::v1::LogEntry>& entries) {
  std::set<std::string> open;
  for (const agent::v1::LogEntry& entry : entries) {
    if (entry.has_operation_accepted()) open.insert(entry.operation_accepted().operation_id());
    if (entry.has_operation_ended()) {
      open.erase(entry.operation_ended().operation().operation_id());
    }
  }
  return open;
}

}  // namespace baton
