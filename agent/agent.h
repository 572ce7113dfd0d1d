#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "agent/config/agent_config.h"
#include "common/daemon/daemon.h"
#include "common/fs/file_system.h"

namespace baton {

// Builds baton-agent from its configuration and starts it: the one place that knows which
// implementations stand behind the interfaces, but for the files, which crash tests wrap. `program`
// is the absolute path of baton-agent, which supervises tools. Errors name the file, folder or
// address that is wrong. REQUIRES: `fs` outlives the agent.
absl::StatusOr<std::unique_ptr<Daemon>> StartAgent(const AgentConfig& config,
                                                   const std::string& program, FileSystem& fs);

}  // namespace baton
