#include "common/daemon/daemon.h"

#include <iostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/daemon/daemon_arguments.h"
#include "common/daemon/daemon_loop.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

std::string Usage(const DaemonProgram& program) {
  return absl::StrCat("Usage: ", program.name, " [--config FILE]\n\n",
                      "  --config FILE  configuration (default ", program.default_config, ")\n",
                      "  --version      print the version\n", "  --help         print this\n\n",
                      "Example: ", program.name, " --config ", program.default_config, "\n");
}

absl::Status Run(const DaemonProgram& program, const std::string& config_path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DaemonLoop> loop, DaemonLoop::Make());
  ASSIGN_OR_RETURN(const std::unique_ptr<Daemon> daemon, program.start(config_path));
  LogInfo(absl::StrCat(program.name, " ", program.version, " is ready"));
  loop->RunUntilStop(*daemon);
  LogInfo(absl::StrCat(program.name, " stops"));
  daemon->Stop();
  return absl::OkStatus();
}

}  // namespace

int RunDaemon(int argc, const char* const* argv, const DaemonProgram& program) {
  const absl::StatusOr<DaemonArguments> arguments =
      ParseDaemonArguments(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  if (!arguments.ok()) {
    std::cerr << program.name << ": " << arguments.status().message() << "\n\n" << Usage(program);
    return kDaemonExitUsage;
  }
  if (arguments->help || arguments->version) {
    std::cout << (arguments->help ? Usage(program)
                                  : absl::StrCat(program.name, " ", program.version, "\n"));
    return kDaemonExitDone;
  }
  const absl::Status status =
      Run(program, arguments->config.empty() ? program.default_config : arguments->config);
  if (status.ok()) return kDaemonExitDone;
  LogError(absl::StrCat(program.name, " cannot start: ", status.message()));
  return kDaemonExitError;
}

}  // namespace baton
