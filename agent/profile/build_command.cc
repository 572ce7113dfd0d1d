#include "agent/profile/build_command.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "agent/profile/variables.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

absl::Status Wrong(const ToolSpec& tool, absl::string_view what, absl::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat("tool ", Word(tool.tool), ": ", what, " \"", name, "\""));
}

absl::Status CheckArguments(const ToolSpec& tool,
                            const std::map<std::string, std::string>& arguments) {
  const auto& parameters = tool.parameters;
  for (const plan::v1::ToolParameter& parameter : parameters) {
    if (!arguments.contains(parameter.name())) {
      return Wrong(tool, "missing argument", parameter.name());
    }
  }
  for (const auto& [name, value] : arguments) {
    if (std::none_of(parameters.begin(), parameters.end(),
                     [&name = name](const auto& row) { return row.name() == name; })) {
      return Wrong(tool, "takes no argument", name);
    }
    if (absl::StrContains(value, '\0')) return Wrong(tool, "zero byte in argument", name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> BuildCommand(
    const ToolSpec& tool, const std::map<std::string, std::string>& arguments) {
  RETURN_IF_ERROR(CheckArguments(tool, arguments));
  // All at once: a value that looks like a reference is not looked through again.
  std::vector<std::pair<std::string, std::string>> replacements;
  replacements.reserve(arguments.size());
  for (const auto& [name, value] : arguments) {
    replacements.emplace_back(absl::StrCat(kArgumentOpen, name, "}"), value);
  }
  std::vector<std::string> command;
  for (const std::string& part : tool.command) {
    command.push_back(absl::StrReplaceAll(part, replacements));
  }
  return command;
}

}  // namespace baton
