#pragma once

#include <string>
#include <vector>

namespace baton {

// IP addresses of this machine's interfaces that are up, sorted; link-local IPv6 addresses left
// out. Empty if the system does not tell.
std::vector<std::string> InterfaceAddresses();

}  // namespace baton
