#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/profile/spec_fields.h"
#include "agent/profile/spec_parser.h"
#include "agent/profile/variables.h"
#include "common/config/config_fields.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ToolParameter;

constexpr size_t kExitCodesMax = 16;
constexpr size_t kByHandLinesMax = 32;

absl::StatusOr<std::string> ParameterName(const ConfigNode& node) {
  absl::StatusOr<std::string> text = node.Text();
  if (!text.ok() || !IsVariableName(*text) || text->size() > kToolParameterNameBytesMax) {
    return node.Expected(absl::StrCat("a name of a-z, 0-9 and '_', of at most ",
                                      kToolParameterNameBytesMax, " bytes"));
  }
  return text;
}

absl::StatusOr<ToolParameter> ParseParameter(const ConfigNode& node) {
  std::string name;
  ToolParameter::Kind kind = ToolParameter::KIND_UNSPECIFIED;
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("name", &name, ParameterName),
       config::Required("kind", &kind,
                        config::OneOf<ToolParameter::Kind>({{"text", ToolParameter::TEXT},
                                                            {"secret", ToolParameter::SECRET},
                                                            {"file", ToolParameter::FILE}}))}));
  ToolParameter parameter;
  parameter.set_name(std::move(name));
  parameter.set_kind(kind);
  return parameter;
}

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Reads `parameters`, the values that come with a call, and `command`, in which each of them has a
// place. Neither may have what the other has not.
class CommandReader {
 public:
  CommandReader(const Variables& variables, ToolSpec& spec) : variables_(variables), spec_(spec) {}

  absl::Status ReadParameters(const ConfigNode& node) {
    ASSIGN_OR_RETURN(nodes_, node.List());
    ASSIGN_OR_RETURN(spec_.parameters, config::ListOf(ParseParameter, kToolParametersMax)(node));
    std::vector<std::string> seen;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const std::string& name = spec_.parameters[i].name();
      if (Contains(seen, name)) {
        return nodes_[i].Error(absl::StrCat("a second parameter \"", name, "\""));
      }
      seen.push_back(name);
    }
    return absl::OkStatus();
  }

  // REQUIRES: parameters have been read.
  absl::Status ReadCommand(const ConfigNode& node) {
    const auto argument = [this](const ConfigNode& text) { return ParseArgument(text); };
    ASSIGN_OR_RETURN(spec_.command, config::ListOf(argument, kArgumentsMax)(node));
    for (size_t i = 0; i < nodes_.size(); ++i) {
      const std::string& name = spec_.parameters[i].name();
      if (!Contains(used_, name)) {
        return nodes_[i].Error(
            absl::StrCat("no argument of the command holds \"", kArgumentOpen, name, "}\""));
      }
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<std::string> ParseArgument(const ConfigNode& node) {
    std::vector<std::string> names;
    ASSIGN_OR_RETURN(std::string text, variables_.ExpandArgument(node, &names));
    for (const std::string& name : names) {
      const auto& known = spec_.parameters;
      if (std::none_of(known.begin(), known.end(),
                       [&name](const ToolParameter& row) { return row.name() == name; })) {
        return node.Error(
            absl::StrCat("\"", kArgumentOpen, name, "}\" is not among the tool's parameters"));
      }
      used_.push_back(name);
    }
    return text;
  }

  const Variables& variables_;
  ToolSpec& spec_;
  std::vector<ConfigNode> nodes_;  // of the parameters
  std::vector<std::string> used_;
};

absl::Status CheckTool(const ConfigNode& node, const ToolSpec& spec) {
  if (spec.command.empty()) return node.KeyError("command", "an empty command");
  if (!IsAbsolutePath(spec.command[0])) {
    return node.KeyError("command", NotAbsolute(spec.command[0]));
  }
  // Which program runs is never a caller's choice.
  if (absl::StrContains(spec.command[0], kArgumentOpen)) {
    return node.KeyError("command", "the program cannot come with a call");
  }
  if (spec.success_exit_codes.empty()) {
    return node.KeyError("success_exit_codes", "no exit code means success");
  }
  if (spec.expected_duration > spec.timeout) {
    return node.KeyError("expected_duration", "longer than the timeout");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ToolSpec> ParseToolSpec(const ConfigNode& node, const Variables& variables) {
  ToolSpec spec;
  CommandReader command(variables, spec);
  const auto timeout = config::Duration(absl::Seconds(1), kToolTimeoutMax);
  const auto exit_code =
      config::Integer<int>(std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
  const auto tool = [](const ConfigNode& word) { return KnownWord(word, ParseTool); };
  std::vector<config::Field> fields = {
      config::Required("tool", &spec.tool, tool),
      // Before `command`, since fields are read in their order.
      {"parameters", false,
       [&command](const ConfigNode& list) { return command.ReadParameters(list); }},
      {"command", true, [&command](const ConfigNode& list) { return command.ReadCommand(list); }},
      config::Optional("working_directory", &spec.working_directory, AbsolutePath(variables)),
      config::Optional("success_exit_codes", &spec.success_exit_codes,
                       config::ListOf(exit_code, kExitCodesMax)),
      config::Required("timeout", &spec.timeout, timeout),
      config::Optional("expected_duration", &spec.expected_duration, timeout),
      config::Optional("repeatable", &spec.repeatable, config::Bool),
      config::Optional("farm_exclusive", &spec.farm_exclusive, config::Bool),
      config::Optional("leaves_services", &spec.leaves_services, config::Bool),
      config::Optional("by_hand", &spec.by_hand, config::ListOf(config::Text, kByHandLinesMax)),
      config::Optional("dialog", &spec.dialog,
                       [&](const ConfigNode& map) { return ParseDialogSpec(map, variables); })};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  RETURN_IF_ERROR(CheckTool(node, spec));
  spec.program = spec.command[0];
  return spec;
}

}  // namespace baton
