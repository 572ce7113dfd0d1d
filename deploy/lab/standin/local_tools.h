#pragma once

#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

// The tools that need only their own host. `state` must outlive the result.

// `/GetSerial`: prints the serial and nothing else.
Tool ReadSerialTool(const HostState& state);

// `/GetDeploymentZones`: prints DIR/zones.json, or one zone that names the Deployment Controller.
Tool ReadZonesTool(const HostState& state);

// `/CreateUpgradeCacheInvalidationService`: gives this host's cache service the account, port and
// virtual host of server.hsconf, sets it to automatic and asks the service manager, if there is
// one, to start it anew.
Tool CreateCacheServiceTool(const HostState& state);

}  // namespace baton::standin
