#include "common/config/daemon_config.h"

namespace baton {
namespace {

absl::StatusOr<LogOptions> ParseLog(const ConfigNode& node) {
  LogOptions log;
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Optional("level", &log.level,
                              config::OneOf<LogLevel>({{"debug", LogLevel::kDebug},
                                                       {"info", LogLevel::kInfo},
                                                       {"warning", LogLevel::kWarning},
                                                       {"error", LogLevel::kError}})),
             config::Optional("file", &log.file, config::Path),
             config::Optional("stderr", &log.to_stderr, config::Bool)}));
  return log;
}

}  // namespace

std::vector<config::Field> DaemonFields(DaemonConfig* daemon) {
  return {config::Optional("listen", &daemon->listen, config::HostAndPort),
          config::Optional("state_dir", &daemon->state_dir, config::Path),
          config::Optional("identity", &daemon->identity, config::Path),
          config::Optional("log", &daemon->log, ParseLog)};
}

}  // namespace baton
