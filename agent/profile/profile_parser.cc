#include "agent/profile/profile_parser.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agent/profile/builtin_profiles.h"
#include "agent/profile/spec_parser.h"
#include "agent/profile/variables.h"
#include "common/config/address.h"
#include "common/config/config_fields.h"
#include "common/config/config_merge.h"
#include "common/config/config_parser.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

constexpr size_t kProfileEntriesMax = 64;

// The names of those that there are, for messages.
std::string BuiltinNames() {
  const auto append = [](std::string* out, const BuiltinProfile& profile) {
    absl::StrAppend(out, profile.name);
  };
  return absl::StrJoin(BuiltinProfiles(), ", ", append);
}

std::optional<BuiltinProfile> FindBuiltin(absl::string_view name) {
  for (const BuiltinProfile& profile : BuiltinProfiles()) {
    if (profile.name == name) return profile;
  }
  return std::nullopt;
}

// Parses the elements of a list, each of a kind of its own.
template <typename Spec, typename Kind>
absl::StatusOr<std::vector<Spec>> ParseSpecs(const ConfigNode& node, const Variables& variables,
                                             Kind Spec::*kind,
                                             absl::StatusOr<Spec> (*parse)(const ConfigNode&,
                                                                           const Variables&)) {
  std::set<Kind> seen;
  const auto parse_new = [&](const ConfigNode& element) -> absl::StatusOr<Spec> {
    ASSIGN_OR_RETURN(Spec spec, parse(element, variables));
    if (!seen.insert(spec.*kind).second) {
      return element.Error(absl::StrCat("a second entry for \"", Word(spec.*kind), "\""));
    }
    return spec;
  };
  return config::ListOf(parse_new, kProfileEntriesMax)(node);
}

absl::StatusOr<Variables> ParseVariables(const ConfigNode& node,
                                         const std::map<std::string, std::string>& values) {
  ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
  Variables variables;
  for (const ConfigEntry& entry : entries) {
    if (entry.key != "variables") continue;
    ASSIGN_OR_RETURN(variables, Variables::Parse(entry.value));
  }
  RETURN_IF_ERROR(variables.Override(values));
  return variables;
}

// Services of an init script are units that it has.
absl::Status CheckUnits(const ConfigNode& node, const Profile& profile) {
  if (!profile.init_script.has_value()) return absl::OkStatus();
  for (const ServiceSpec& spec : profile.services) {
    if (profile.init_script->Find(spec.unit) == nullptr) {
      return node.KeyError("init_script",
                           absl::StrCat("units: none is \"", absl::CHexEscape(spec.unit),
                                        "\", which ", Word(spec.service), " is"));
    }
  }
  return absl::OkStatus();
}

// The value of `base`, if the document has that key.
absl::StatusOr<std::optional<ConfigNode>> FindBase(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
  for (const ConfigEntry& entry : entries) {
    if (entry.key == "base") return entry.value;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Profile> ParseProfile(const ConfigNode& node,
                                     const std::map<std::string, std::string>& values) {
  ASSIGN_OR_RETURN(const Variables variables, ParseVariables(node, values));
  Profile profile;
  // Read by ParseVariables and FindBase before.
  const auto ignore = [](const ConfigNode&) { return absl::OkStatus(); };
  RETURN_IF_ERROR(config::ReadFields(
      node,
      {config::Required("name", &profile.name, config::Name),
       {"base", false, ignore},
       {"variables", false, ignore},
       config::Required("services", &profile.services,
                        [&](const ConfigNode& list) {
                          return ParseSpecs(list, variables, &ServiceSpec::service,
                                            ParseServiceSpec);
                        }),
       config::Required(
           "configuration", &profile.configuration,
           [&](const ConfigNode& map) { return ParseConfigurationSpec(map, variables); }),
       config::Required("tools", &profile.tools,
                        [&](const ConfigNode& list) {
                          return ParseSpecs(list, variables, &ToolSpec::tool, ParseToolSpec);
                        }),
       config::Optional("serial", &profile.serial,
                        [&](const ConfigNode& map) { return ParseSerialSpec(map, variables); }),
       config::Optional("services_by_hand", &profile.services_by_hand, ParseServicesByHand),
       config::Optional("service_center_ping", &profile.service_center_ping, ParsePingSpec),
       config::Optional("cache_tls", &profile.cache_tls,
                        [&](const ConfigNode& map) { return ParseCacheTlsSpec(map, variables); }),
       config::Optional("init_script", &profile.init_script, [&](const ConfigNode& map) {
         return ParseInitScriptSpec(map, variables);
       })}));
  RETURN_IF_ERROR(CheckUnits(node, profile));
  profile.digest = Sha256(CanonicalText(profile));
  return profile;
}

absl::StatusOr<Profile> ResolveProfile(absl::string_view file, absl::string_view text,
                                       const std::map<std::string, std::string>& variables) {
  ASSIGN_OR_RETURN(const ConfigNode node, ParseConfig(file, text));
  ASSIGN_OR_RETURN(const std::optional<ConfigNode> base, FindBase(node));
  if (!base.has_value()) return ParseProfile(node, variables);
  ASSIGN_OR_RETURN(const std::string name, base->Text());
  const std::optional<BuiltinProfile> builtin = FindBuiltin(name);
  if (!builtin.has_value()) {
    return base->Expected(absl::StrCat("a built-in profile (", BuiltinNames(), ")"));
  }
  ASSIGN_OR_RETURN(const ConfigNode under, ParseConfig(builtin->name, builtin->text));
  ASSIGN_OR_RETURN(
      const ConfigNode merged,
      MergeConfig(under, node,
                  {{"services", "service"}, {"tools", "tool"}, {"init_script.units", "unit"}}));
  return ParseProfile(merged, variables);
}

absl::StatusOr<Profile> LoadProfile(FileSystem& fs, const std::string& reference,
                                    const std::map<std::string, std::string>& variables) {
  if (const auto builtin = FindBuiltin(reference); builtin.has_value()) {
    return ResolveProfile(builtin->name, builtin->text, variables);
  }
  if (reference.find_first_of("/\\") == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("no profile \"", reference, "\" is built in; there are: ", BuiltinNames()));
  }
  ASSIGN_OR_RETURN(const std::string text, ReadConfigFile(fs, reference));
  return ResolveProfile(reference, text, variables);
}

}  // namespace baton
