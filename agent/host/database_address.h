#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agent/configuration/document.h"
#include "agent/profile/profile.h"
#include "common/config/address.h"

namespace baton {

// Where a database server is, from what a configuration says of it. Reads `HOST`, `HOST:PORT`,
// `HOST,PORT`, SQL Server's `tcp:HOST,PORT` and `HOST\INSTANCE,PORT`, Oracle's
// `//HOST:PORT/SERVICE`, `HOST:PORT:SID` and a `(DESCRIPTION=...)` with one address. Nothing where
// the port cannot be told: a named instance without a port, other transports, an alias of a file
// elsewhere, several addresses.
std::optional<HostPort> ParseDatabaseAddress(absl::string_view text, uint16_t default_port);

// The databases that a configuration file names, as `HOST:PORT`, in the file's order and without
// repetition. What cannot be told is left out.
std::vector<std::string> DatabaseAddresses(const ConfigurationDocument& document,
                                           const ConfigurationSpec& spec);

}  // namespace baton
