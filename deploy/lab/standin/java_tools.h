#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

// The tools of the Java stack that ask on a terminal. They refuse to run without one.

// `serviceconfigurator.sh -interactive`: asks for every unit whether it is to be enabled. Only when
// all are answered it writes os.services.conf, and stops what is disabled. Faults go by
// `service-configurator`; `lie` asks all and changes nothing.
int RunServiceConfigurator(const HostState& state, const std::vector<std::string>& words,
                           std::istream& in, std::ostream& out);

// `configurationtool.sh`: with `/silent` and the flags of ConfigurationTool.com as that does; else
// asks for the Deployment Controller Server, whether to restart the services and whether to install
// Service Center, and applies.
int RunJavaConfigurationTool(const HostState& state, const std::vector<std::string>& words,
                             std::istream& in, std::ostream& out);

}  // namespace baton::standin
