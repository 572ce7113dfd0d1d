#include "agent/runtime/tool_outcome.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/tools/tool_words.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Operation;

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
                              ExitWords(exit), now);
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
  const std::string line = LastOutputLine(tail);
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
