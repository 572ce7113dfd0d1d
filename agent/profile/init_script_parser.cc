#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "agent/profile/spec_fields.h"
#include "agent/profile/spec_parser.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kUnitsMax = 32;
constexpr size_t kWordsMax = 32;
constexpr absl::Duration kCallTimeoutMax = absl::Hours(1);

// What a question for a unit has behind the title unless the profile says otherwise.
constexpr absl::string_view kYesOrNo = "*Y*N";

// A unit is a variable of a shell, too.
absl::StatusOr<std::string> UnitName(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::string text, node.Text());
  const auto allowed = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; };
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text[0])) ||
      !std::all_of(text.begin(), text.end(), allowed)) {
    return node.Expected("a name of letters, digits and '_'");
  }
  return text;
}

absl::StatusOr<InitScriptUnit> ParseUnit(const ConfigNode& node) {
  InitScriptUnit unit;
  RETURN_IF_ERROR(config::ReadFields(node, {config::Required("unit", &unit.unit, UnitName),
                                            config::Required("title", &unit.title, Prompt),
                                            config::Optional("prompt", &unit.prompt, Prompt)}));
  if (unit.prompt.empty()) unit.prompt = absl::StrCat(unit.title, kYesOrNo);
  return unit;
}

absl::StatusOr<std::vector<InitScriptUnit>> ParseUnits(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::vector<InitScriptUnit> units, config::ListOf(ParseUnit, kUnitsMax)(node));
  std::set<std::string> names;
  for (const InitScriptUnit& unit : units) {
    if (!names.insert(unit.unit).second) {
      return node.Error(absl::StrCat("a second entry for \"", unit.unit, "\""));
    }
  }
  return units;
}

// A command: the path of a program and its arguments.
auto Command(const Variables& variables) {
  return [&variables](const ConfigNode& node) -> absl::StatusOr<std::vector<std::string>> {
    const auto expand = [&variables](const ConfigNode& text) { return variables.Expand(text); };
    ASSIGN_OR_RETURN(std::vector<std::string> words, config::ListOf(expand, kArgumentsMax)(node));
    if (words.empty()) return node.Error("an empty command");
    if (!IsAbsolutePath(words[0])) return node.Error(NotAbsolute(words[0]));
    return words;
  };
}

absl::StatusOr<ConfiguratorSpec> ParseConfigurator(const ConfigNode& node,
                                                   const Variables& variables) {
  ConfiguratorSpec spec;
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("command", &spec.command, Command(variables)),
       config::Optional("working_directory", &spec.working_directory, AbsolutePath(variables)),
       config::Optional("enable", &spec.enable, config::Text),
       config::Optional("disable", &spec.disable, config::Text),
       config::Optional("silence_timeout", &spec.silence_timeout,
                        config::Duration(absl::Seconds(1), kDialogSilenceMax)),
       config::Optional("timeout", &spec.timeout,
                        config::Duration(absl::Seconds(1), kToolTimeoutMax))}));
  return spec;
}

absl::StatusOr<plan::v1::RunState> StatusWord(const ConfigNode& node) {
  return config::OneOf<plan::v1::RunState>({{"running", plan::v1::RUNNING},
                                            {"stopped", plan::v1::STOPPED},
                                            {"starting", plan::v1::STARTING},
                                            {"stopping", plan::v1::STOPPING},
                                            {"failed", plan::v1::FAILED}})(node);
}

}  // namespace

absl::StatusOr<std::optional<InitScriptSpec>> ParseInitScriptSpec(const ConfigNode& node,
                                                                  const Variables& variables) {
  InitScriptSpec spec;
  std::vector<config::Field> fields = {
      config::Required("command", &spec.command, Command(variables)),
      config::Optional("timeout", &spec.timeout,
                       config::Duration(absl::Seconds(1), kCallTimeoutMax)),
      config::Required("services_file", &spec.services_file, AbsolutePath(variables)),
      config::Required("status_words", &spec.status_words, config::MapOf(StatusWord, kWordsMax)),
      config::Optional(
          "startup_types_by", &spec.startup_types_by,
          config::OneOf<StartupTypesBy>({{"configurator", StartupTypesBy::kConfigurator},
                                         {"services-file", StartupTypesBy::kServicesFile}})),
      config::Required("units", &spec.units, ParseUnits),
      config::Optional("configurator", &spec.configurator,
                       [&](const ConfigNode& map) { return ParseConfigurator(map, variables); })};
  AddCommonFields(fields, &spec.proven);
  RETURN_IF_ERROR(config::ReadFields(node, fields));
  if (spec.startup_types_by == StartupTypesBy::kConfigurator && spec.configurator.command.empty()) {
    return node.Error("startup types are set by a configurator, and there is none");
  }
  return spec;
}

}  // namespace baton
