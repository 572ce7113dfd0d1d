#include "agent/service/tool_stream.h"

#include <utility>

namespace baton {
namespace {

constexpr uint64_t kPieceBytesMax = 64 << 10;

// Writes what there is of the output. False if the caller is gone.
bool WriteOutput(ToolRunner& tools, const std::string& operation_id, uint64_t& offset,
                 const std::function<bool(const agent::v1::ToolEvent&)>& write) {
  while (true) {
    absl::StatusOr<std::string> piece = tools.ReadOutput(operation_id, offset, kPieceBytesMax);
    // A tool that has not begun has no output yet.
    if (!piece.ok() || piece->empty()) return true;
    offset += piece->size();
    agent::v1::ToolEvent event;
    event.set_output(*std::move(piece));
    if (!write(event)) return false;
  }
}

}  // namespace

absl::Status StreamTool(AgentRuntime& runtime, ToolRunner& tools,
                        const agent::v1::RunToolRequest& request,
                        const std::function<bool(const agent::v1::ToolEvent&)>& write,
                        const std::function<bool()>& gone) {
  Change change;
  change.fence = request.fence();
  change.action.set_run_tool(request.tool());
  const std::string operation_id = request.fence().operation_id();
  const Token token = runtime.Submit(std::move(change));
  uint64_t offset = request.output_offset();
  bool announced = false;
  while (!gone()) {
    const std::optional<absl::StatusOr<plan::v1::Operation>> answer =
        runtime.Wait(token, kToolPollInterval);
    if (answer.has_value() && !answer->ok()) return answer->status();
    if (!announced && !answer.has_value()) {
      const std::optional<plan::v1::Operation> attached = runtime.Attached(token);
      agent::v1::ToolEvent event;
      if (attached.has_value()) *event.mutable_operation() = *attached;
      announced = attached.has_value();
      if (announced && !write(event)) break;
    }
    if (!WriteOutput(tools, operation_id, offset, write)) break;
    if (!answer.has_value()) continue;
    agent::v1::ToolEvent event;
    *event.mutable_operation() = **answer;
    write(event);
    return absl::OkStatus();
  }
  runtime.Abandon(token);
  return absl::CancelledError("the caller is gone; the tool goes on");
}

}  // namespace baton
