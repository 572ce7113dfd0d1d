#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/operation/events.h"
#include "agent/tools/tool_status.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// What the supervisor of a tool knows, in the words of operations. Pure: the agent reads the
// supervisor's files, the simulator its own.

// The ended operation of a tool: state, detail, end time `now` and result, without its output's
// tail. INTERRUPTED if tool and supervisor are gone without a trace. Nothing while it runs.
std::optional<plan::v1::Operation> ToolOutcome(const ToolStatus& status, absl::Time now);

// Adds the last bytes of a tool's output to its ended operation. Unless it succeeded, the last line
// ends the detail: the system's own words.
void AddOutput(absl::string_view tail, plan::v1::Operation& ended);

// What an agent that starts is told of an operation that its log leaves open. Nothing if no tool
// runs under its id and none has exited.
std::optional<RecoveredTool> RecoveredFrom(const std::string& operation_id,
                                           const ToolStatus& status, absl::Time now);

// Operations that were accepted and have not ended.
std::set<std::string> OpenOperations(const std::vector<agent::v1::LogEntry>& entries);

}  // namespace baton
