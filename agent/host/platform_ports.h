#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/configuration/document.h"
#include "agent/profile/profile.h"

namespace baton {

// The number of a port: what the configuration file says, or the profile's number where the file
// has no such key or cannot be read (`document` null). FAILED_PRECONDITION, naming the key, if the
// file's value is no port.
absl::StatusOr<uint16_t> ResolvePort(const ProfilePort& port,
                                     const ConfigurationDocument* document);

// The ports of a service, in the profile's order. Ports that cannot be resolved are left out.
std::vector<uint16_t> ResolvePorts(const ServiceSpec& service,
                                   const ConfigurationDocument* document);

}  // namespace baton
