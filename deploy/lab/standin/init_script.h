#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "deploy/lab/standin/host_state.h"

namespace baton::standin {

// `service outsystems start|stop|restart|status [UNIT]` of the Java stack. As the vendor's, it is
// content with having issued a start, and does nothing to a unit that os.services.conf disables, be
// it a start or a stop; it exits with 0 all the same. Without a unit it does all of them.
int RunInitScript(const HostState& state, const std::vector<std::string>& words, std::ostream& out);

}  // namespace baton::standin
