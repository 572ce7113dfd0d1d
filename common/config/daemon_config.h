#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/address.h"
#include "common/config/config_fields.h"
#include "common/log/log.h"

namespace baton {

inline constexpr uint16_t kCoordinatorPort = 7600;
inline constexpr uint16_t kAgentPort = 7601;

// What the configuration of each of Baton's daemons has.
struct DaemonConfig {
  HostPort listen;        // where the gRPC server listens
  std::string state_dir;  // folder that the daemon alone writes
  // Folder with ca.pem, cert.pem, key.pem and revoked.yaml.
  std::string identity = "/etc/baton/identity";
  LogOptions log;
};

// The keys `listen`, `state_dir`, `identity` and `log` (with `level`, `file` and `stderr`), all
// optional: what stands in `daemon` stays where a key is missing. `daemon` outlives the fields.
std::vector<config::Field> DaemonFields(DaemonConfig* daemon);

}  // namespace baton
