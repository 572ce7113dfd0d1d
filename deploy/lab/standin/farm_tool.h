#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/host_facts.h"
#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/machine_config.h"
#include "deploy/lab/standin/session.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

// The parts that tools which work on the whole farm have in common.

// Connects to the database as the farm-exclusive tool `name` and keeps the session while `progress`
// waits. REQUIRES: the result outlives `progress`' last wait, or KeepAlive({}) is called before.
absl::StatusOr<std::unique_ptr<Session>> OpenToolSession(const HostFacts& host,
                                                         const std::string& database,
                                                         absl::string_view name,
                                                         ToolProgress& progress);

// Asks the Deployment Controller of this host to compile `module`. FAILED_PRECONDITION unless it
// runs and is initialised.
absl::Status Compile(const HostFacts& host, const MachineConfig& machine, absl::string_view module);

// Deploys `module` to every server that is registered and not disabled. One whose Deployment
// Service does not answer makes it hang, warn (and go on) or fail, as the knob dead_server says;
// default warn.
absl::Status DeployToServers(const HostState& state, const HostFacts& host, Session& database,
                             absl::string_view module, ToolProgress& progress);

}  // namespace baton::standin
