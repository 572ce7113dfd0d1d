#include "common/pki/names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kScheme = "baton://";

constexpr std::array<std::pair<Role, absl::string_view>, 4> kRoles = {{
    {Role::kCoordinator, "coordinator"},
    {Role::kAgent, "agent"},
    {Role::kOperator, "operator"},
    {Role::kViewer, "viewer"},
}};

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsNamePart(char c) { return IsNameStart(c) || c == '.' || c == '-'; }

absl::Status ValidateLabel(absl::string_view what, absl::string_view text) {
  if (!text.empty() && text.size() <= kNameSizeMax && IsNameStart(text.front()) &&
      std::all_of(text.begin(), text.end(), IsNamePart)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, " \"", absl::CHexEscape(text), "\" must be 1 to ", kNameSizeMax,
                   " characters of a-z, 0-9, '.' and '-', the first a letter or a digit"));
}

absl::StatusOr<PeerName> ParseAfterScheme(absl::string_view path) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  if (parts.size() != 3) return absl::InvalidArgumentError("want baton://FARM/ROLE/NAME");
  RETURN_IF_ERROR(ValidateFarmId(parts[0]));
  ASSIGN_OR_RETURN(const Role role, ParseRole(parts[1]));
  RETURN_IF_ERROR(ValidateName(parts[2]));
  return PeerName{std::string(parts[0]), role, std::string(parts[2])};
}

}  // namespace

absl::string_view RoleName(Role role) {
  for (const auto& [known, name] : kRoles) {
    if (known == role) return name;
  }
  return "unknown role";
}

absl::StatusOr<Role> ParseRole(absl::string_view text) {
  for (const auto& [role, name] : kRoles) {
    if (name == text) return role;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "role \"", absl::CHexEscape(text), "\" must be one of coordinator, agent, operator, viewer"));
}

std::string FormatPeerUri(const PeerName& peer) {
  return absl::StrCat(kScheme, peer.farm_id, "/", RoleName(peer.role), "/", peer.name);
}

absl::StatusOr<PeerName> ParsePeerUri(absl::string_view uri) {
  const std::string context = absl::StrCat("peer name \"", absl::CHexEscape(uri), "\"");
  if (!absl::ConsumePrefix(&uri, kScheme)) {
    return absl::InvalidArgumentError(absl::StrCat(context, ": want baton://FARM/ROLE/NAME"));
  }
  absl::StatusOr<PeerName> peer = ParseAfterScheme(uri);
  if (!peer.ok()) return Annotate(peer.status(), context);
  return peer;
}

std::string FormatActor(const PeerName& peer) {
  return absl::StrCat(RoleName(peer.role), ":", peer.name);
}

absl::Status ValidateFarmId(absl::string_view farm_id) { return ValidateLabel("farm id", farm_id); }

absl::Status ValidateName(absl::string_view name) { return ValidateLabel("name", name); }

}  // namespace baton
