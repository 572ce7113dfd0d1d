#include "common/daemon/daemon_arguments.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace baton {

absl::StatusOr<DaemonArguments> ParseDaemonArguments(const std::vector<std::string>& arguments) {
  DaemonArguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view argument = arguments[i];
    if (argument == "--help") {
      parsed.help = true;
    } else if (argument == "--version") {
      parsed.version = true;
    } else if (argument == "--config" || absl::StartsWith(argument, "--config=")) {
      if (!parsed.config.empty()) return absl::InvalidArgumentError("--config is given twice");
      const bool joined = absl::ConsumePrefix(&argument, "--config=");
      if (!joined && i + 1 < arguments.size()) parsed.config = arguments[++i];
      if (joined) parsed.config = std::string(argument);
      if (parsed.config.empty()) return absl::InvalidArgumentError("--config needs a file");
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argument, "\""));
    }
  }
  return parsed;
}

}  // namespace baton
