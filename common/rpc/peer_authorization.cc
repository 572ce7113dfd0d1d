#include "common/rpc/peer_authorization.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace baton {
namespace {

std::string RoleList(const std::vector<Role>& roles) {
  return absl::StrJoin(roles, ", ",
                       [](std::string* out, Role role) { absl::StrAppend(out, RoleName(role)); });
}

}  // namespace

MethodPolicy::MethodPolicy(std::vector<MethodRule> rules) {
  for (MethodRule& rule : rules) {
    [[maybe_unused]] const bool added =
        rules_.emplace(std::move(rule.method), std::move(rule.roles)).second;
    assert(added && "two rules for one method");
  }
}

const std::vector<Role>* MethodPolicy::Find(absl::string_view path) const {
  auto found = rules_.find(std::string(path));
  if (found == rules_.end()) {
    // "/package.Service/" of "/package.Service/Method".
    found = rules_.find(std::string(path.substr(0, path.rfind('/') + 1)));
  }
  return found == rules_.end() ? nullptr : &found->second;
}

absl::Status MethodPolicy::Check(const PeerName& peer, absl::string_view path) const {
  const std::string call =
      absl::StrCat(FormatActor(peer), " may not call ", absl::CHexEscape(path));
  const std::vector<Role>* roles = Find(path);
  if (roles == nullptr) {
    return absl::PermissionDeniedError(absl::StrCat(call, ": nobody may"));
  }
  if (std::find(roles->begin(), roles->end(), peer.role) == roles->end()) {
    return absl::PermissionDeniedError(absl::StrCat(call, ": allowed are ", RoleList(*roles)));
  }
  return absl::OkStatus();
}

absl::Status AuthorizeCall(const MethodPolicy& policy, absl::string_view farm_id,
                           const PeerName& peer, absl::string_view path) {
  if (peer.farm_id != farm_id) {
    return absl::PermissionDeniedError(absl::StrCat(
        FormatActor(peer), " is of farm \"", peer.farm_id, "\", this is farm \"", farm_id, "\""));
  }
  return policy.Check(peer, path);
}

}  // namespace baton
