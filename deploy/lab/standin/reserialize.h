#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/machine_config.h"

namespace baton::standin {

// What one apply makes of server.hsconf.
struct AppliedSettings {
  std::string hsconf;     // the bytes to write back
  MachineConfig machine;  // what services run with from their next start on
};

// The pure part of the Configuration Tool's apply, as documented: validates (since 11.29 it aborts
// on invalid values), encrypts secrets that are plain with a random initialisation vector, drops
// PlatformServerAdminPassword (it moves into the database), orders attributes by name, and lays the
// file out anew. Values stay. `key` is the farm's private key. INVALID_ARGUMENT names what is
// wrong, among it secrets that were encrypted with another key.
absl::StatusOr<AppliedSettings> Reserialize(absl::string_view hsconf, absl::string_view key);

}  // namespace baton::standin
