#include "common/daemon/daemon_arguments.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"

namespace baton {

namespace {

constexpr absl::string_view kConfig = "--config";

// Reads `--config FILE` or `--config=FILE` at `i`, which it moves to the last argument that it
// took.
absl::Status ReadConfig(const std::vector<std::string>& arguments, size_t& i, std::string& config) {
  absl::string_view file = arguments[i];
  file.remove_prefix(kConfig.size());
  if (!absl::ConsumePrefix(&file, "=") && i + 1 < arguments.size()) file = arguments[++i];
  if (file.empty()) return absl::InvalidArgumentError("--config needs a file");
  if (!config.empty()) return absl::InvalidArgumentError("--config is given twice");
  config = std::string(file);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DaemonArguments> ParseDaemonArguments(const std::vector<std::string>& arguments) {
  DaemonArguments parsed;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help") {
      parsed.help = true;
    } else if (argument == "--version") {
      parsed.version = true;
    } else if (argument == kConfig || absl::StartsWith(argument, "--config=")) {
      RETURN_IF_ERROR(ReadConfig(arguments, i, parsed.config));
    } else {
      return absl::InvalidArgumentError(absl::StrCat("unknown argument \"", argument, "\""));
    }
  }
  return parsed;
}

}  // namespace baton
