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

// Writes the operation as soon as it is accepted. False if the caller is gone.
bool Announce(AgentRuntime& runtime, Token token, bool& announced,
              const std::function<bool(const agent::v1::ToolEvent&)>& write) {
  if (announced) return true;
  const std::optional<plan::v1::Operation> attached = runtime.Attached(token);
  if (!attached.has_value()) return true;
  announced = true;
  agent::v1::ToolEvent event;
  *event.mutable_operation() = *attached;
  return write(event);
}

}  // namespace

absl::Status StreamTool(AgentRuntime& runtime, ToolRunner& tools,
                        const agent::v1::RunToolRequest& request,
                        const std::function<bool(const agent::v1::ToolEvent&)>& write,
                        const std::function<bool()>& gone) {
  Change change;
  change.fence = request.fence();
  change.action.set_run_tool(request.tool());
  change.values.assign(request.values().begin(), request.values().end());
  const std::string operation_id = request.fence().operation_id();
  const Token token = runtime.Submit(std::move(change));
  uint64_t offset = request.output_offset();
  bool announced = false;
  while (!gone()) {
    const std::optional<absl::StatusOr<plan::v1::Operation>> answer =
        runtime.Wait(token, kToolPollInterval);
    if (answer.has_value() && !answer->ok()) return answer->status();
    if (!answer.has_value() && !Announce(runtime, token, announced, write)) break;
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
