#pragma once

#include <functional>

#include "absl/status/status.h"
#include "agent/runtime/agent_runtime.h"
#include "agent/tools/tool_runner.h"
#include "baton/agent/v1/agent.pb.h"

namespace baton {

// The body of RunTool: submits the tool, or attaches to it, and writes its output from the wanted
// offset on, then the ended operation. Ends early if the caller is gone (`write` returns false, or
// `gone` true): the tool goes on. Errors of AgentRuntime::Submit.
absl::Status StreamTool(AgentRuntime& runtime, ToolRunner& tools,
                        const agent::v1::RunToolRequest& request,
                        const std::function<bool(const agent::v1::ToolEvent&)>& write,
                        const std::function<bool()>& gone);

}  // namespace baton
