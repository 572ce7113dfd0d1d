#include "coordinator/inventory/farm_hook.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/config/config_fields.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/inventory/unique_values.h"
#include "coordinator/procedure/step_catalog.h"

namespace baton {
namespace {

constexpr size_t kNameBytesMax = 63;
constexpr uint32_t kOthersMayWrite = 022;

struct PlaceWord {
  absl::string_view word;
  HookPlace place;
};

constexpr PlaceWord kPlaces[] = {{"before", HookPlace::kBeforeStage},
                                 {"after", HookPlace::kAfterStage},
                                 {"before-host", HookPlace::kBeforeHost},
                                 {"after-host", HookPlace::kAfterHost}};

bool IsHookName(absl::string_view text) {
  const auto allowed = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  };
  return !text.empty() && text.size() <= kNameBytesMax && absl::c_all_of(text, allowed);
}

absl::StatusOr<std::string> HookName(const ConfigNode& node) {
  absl::StatusOr<std::string> name = node.Text();
  if (name.ok() && IsHookName(*name)) return name;
  return node.Expected(absl::StrCat("a name (1 to ", kNameBytesMax, " of a-z, 0-9, '-')"));
}

absl::Status ReadPosition(const ConfigNode& node, FarmHook& hook) {
  ASSIGN_OR_RETURN(const std::string text, node.Text());
  const size_t colon = text.find(':');
  const absl::string_view word = absl::string_view(text).substr(0, colon);
  const auto* place =
      absl::c_find_if(kPlaces, [word](const PlaceWord& p) { return p.word == word; });
  if (colon == std::string::npos || place == std::end(kPlaces)) {
    return node.Expected("before:STAGE, after:STAGE, before-host:STAGE or after-host:STAGE");
  }
  hook.place = place->place;
  hook.stage = text.substr(colon + 1);
  const std::vector<absl::string_view> stages = StageNames();
  if (absl::c_linear_search(stages, hook.stage)) return absl::OkStatus();
  return node.Error(absl::StrCat("no procedure has a stage \"", hook.stage, "\"; there are ",
                                 absl::StrJoin(stages, ", ")));
}

absl::StatusOr<std::vector<std::string>> Command(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::vector<std::string> command,
                   config::ListOf(config::Text, kHookArgumentsMax)(node));
  if (command.empty()) return node.Error("no program");
  if (!absl::StartsWith(command[0], "/")) {
    return node.Error(absl::StrCat("\"", command[0],
                                   "\" is not an absolute path; no shell looks for the program"));
  }
  return command;
}

absl::StatusOr<plan::v1::Procedure> KnownProcedure(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::string word, node.Text());
  const absl::StatusOr<plan::v1::Procedure> procedure = ParseProcedure(word);
  return procedure.ok() ? procedure : node.Error(procedure.status().message());
}

absl::StatusOr<std::vector<plan::v1::Procedure>> Procedures(const ConfigNode& node) {
  ASSIGN_OR_RETURN(std::vector<plan::v1::Procedure> procedures,
                   config::ListOf(KnownProcedure)(node));
  if (procedures.empty()) return node.Error("no procedure; leave it out for all of them");
  return procedures;
}

absl::StatusOr<FarmHook> ParseHook(const ConfigNode& node, UniqueValues& names) {
  FarmHook hook;
  const auto name = [&names](const ConfigNode& value) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(std::string text, HookName(value));
    RETURN_IF_ERROR(names.Add(value, text));
    return text;
  };
  const config::Field at = {"at", true,
                            [&hook](const ConfigNode& value) { return ReadPosition(value, hook); }};
  RETURN_IF_ERROR(config::ReadFields(
      node, {config::Required("name", &hook.name, name), at,
             config::Required("command", &hook.command, Command),
             config::Optional("timeout", &hook.timeout,
                              config::Duration(absl::Seconds(1), absl::Hours(1))),
             config::Optional("on_failure", &hook.warn_only,
                              config::OneOf<bool>({{"abort", false}, {"warn", true}})),
             config::Optional("repeatable", &hook.repeatable, config::Bool),
             config::Optional("procedures", &hook.procedures, Procedures)}));
  return hook;
}

}  // namespace

bool FarmHook::AppliesTo(plan::v1::Procedure procedure) const {
  return procedures.empty() || absl::c_linear_search(procedures, procedure);
}

std::string FarmHook::Position() const {
  for (const PlaceWord& row : kPlaces) {
    if (row.place == place) return absl::StrCat(row.word, ":", stage);
  }
  return stage;
}

absl::StatusOr<std::vector<FarmHook>> ParseHooks(const ConfigNode& node) {
  UniqueValues names;
  const auto parse = [&names](const ConfigNode& hook) { return ParseHook(hook, names); };
  return config::ListOf(parse, kHooksMax)(node);
}

absl::Status CheckHookSource(FileSystem& fs, const std::string& path, uint32_t user) {
  ASSIGN_OR_RETURN(const FileInfo info, fs.Describe(path));
  const absl::string_view why =
      "; it has hooks, and whoever may change it has the Baton "
      "coordinator run commands";
  if (!info.regular) {
    return absl::PermissionDeniedError(absl::StrCat(path, " is not a regular file", why));
  }
  if ((info.mode & kOthersMayWrite) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("%s has mode %04o%s: run: chmod go-w %s", path, info.mode, why, path));
  }
  if (info.owner == 0 || info.owner == user) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat(path, " belongs to user ", info.owner, why, ": run: chown root ", path));
}

}  // namespace baton
