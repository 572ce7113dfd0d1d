#include "coordinator/secrets/secret_reference.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kFile = "file:";
constexpr absl::string_view kEnvironment = "env:";
constexpr absl::string_view kNames[] = {kCachePassword};

bool IsVariableName(absl::string_view name) {
  const auto allowed = [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; };
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

std::string SecretReference::ToString() const {
  return absl::StrCat(kind == Kind::kFile ? kFile : kEnvironment, place);
}

absl::StatusOr<SecretReference> ParseSecretReference(const ConfigNode& node) {
  const absl::StatusOr<std::string> text = node.Text();
  absl::string_view place = text.ok() ? absl::string_view(*text) : "";
  if (absl::ConsumePrefix(&place, kFile) && absl::StartsWith(place, "/")) {
    return SecretReference{SecretReference::Kind::kFile, std::string(place)};
  }
  if (absl::ConsumePrefix(&place, kEnvironment) && IsVariableName(place)) {
    return SecretReference{SecretReference::Kind::kEnvironment, std::string(place)};
  }
  return node.Error(
      "expected file:PATH with an absolute path, or env:NAME with the name of a variable (what "
      "stands there is not shown: it may be the secret itself)");
}

absl::StatusOr<SecretReferences> ParseSecretReferences(const ConfigNode& node) {
  ASSIGN_OR_RETURN(const std::vector<ConfigEntry> entries, node.Map());
  SecretReferences references;
  for (const ConfigEntry& entry : entries) {
    if (std::find(std::begin(kNames), std::end(kNames), entry.key) == std::end(kNames)) {
      return node.KeyError(entry.key,
                           absl::StrCat("there is no secret \"", absl::CHexEscape(entry.key),
                                        "\"; there is: ", absl::StrJoin(kNames, ", ")));
    }
    ASSIGN_OR_RETURN(references[entry.key], ParseSecretReference(entry.value));
  }
  return references;
}

}  // namespace baton
