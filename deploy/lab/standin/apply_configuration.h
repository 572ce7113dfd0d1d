#pragma once

#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

// `/UpgradeInstall`, the headless Apply: validates server.hsconf, upgrades the database model
// (farm-exclusive), writes the file anew and the machine's settings. Nothing is written after an
// error. Disabled services stay disabled; whether the others are restarted is not documented, so
// the knob apply_restarts decides (default false). The knob apply_enables names a service that it
// sets to automatic, as a tool that does too much would.
Tool ApplyConfigurationTool(const HostState& state);

}  // namespace baton::standin
