#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/hsconf.h"

namespace baton::standin {

// What the services of a host run with: the settings as the Configuration Tool last applied them.
// The platform keeps them in machine.config; an edited server.hsconf has no effect before it is
// applied.
struct MachineConfig {
  std::string controller_host;
  // The REST ports came after OutSystems 10: 0 for none.
  uint16_t controller_port = 0;
  uint16_t controller_rest_port = 0;
  uint16_t deployment_port = 0;
  uint16_t deployment_rest_port = 0;
  uint16_t scheduler_port = 0;
  uint16_t scheduler_rest_port = 0;
  uint16_t application_port = 0;
  std::string database;           // HOST:PORT
  std::string connection_string;  // compared letter by letter with the Deployment Controller's
  std::string outgoing_address;   // what the host registers with; empty: its own address
};

// Validates as the platform's tool does and extracts what services need. INVALID_ARGUMENT names
// section and key. Encrypted values do not take part: their bytes differ on each host.
absl::StatusOr<MachineConfig> MachineConfigOf(const Hsconf& hsconf);

// One `key=value` a line.
std::string FormatMachineConfig(const MachineConfig& config);

// INVALID_ARGUMENT for an unknown, malformed or missing line.
absl::StatusOr<MachineConfig> ParseMachineConfig(absl::string_view text);

}  // namespace baton::standin
