#pragma once

#include <string>

#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/service_center.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

// The tools that need a farm around them. `state` must outlive the result.

// `/InstallServiceCenter`, SCInstaller: farm-exclusive; needs this host's Deployment Controller,
// running and initialised, and deploys Service Center to every registered server.
Tool InstallServiceCenterTool(const HostState& state);

// `/ApplySettingsFactory`: restarts this host's services; where they name this host as the
// Deployment Controller it also applies the settings to all modules. Output only on errors.
Tool ApplySettingsTool(const HostState& state);

// `OSPTool /PublishFactory`: publishes all modules to every registered server; refused while the
// installed license was issued to another serial than the Deployment Controller's.
Tool RepublishTool(const HostState& state, ServiceCenterLogin login);

// `/UploadLicense FILE USER PASSWORD`: needs Service Center on this host, and a file with the line
// `serial=SERIAL` of this host.
Tool InstallLicenseTool(const HostState& state, std::string file, ServiceCenterLogin login);

}  // namespace baton::standin
