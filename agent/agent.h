#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "agent/config/agent_config.h"
#include "common/daemon/daemon.h"

namespace baton {

// Builds baton-agent from its configuration and starts it: the one place that knows which
// implementations stand behind the interfaces. `program` is the absolute path of baton-agent, which
// supervises tools. Errors name the file, folder or address that is wrong.
absl::StatusOr<std::unique_ptr<Daemon>> StartAgent(const AgentConfig& config,
                                                   const std::string& program);

}  // namespace baton
