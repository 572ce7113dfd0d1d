#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/pki/names.h"

namespace baton {

// The services that every server of ours offers beside its own, for the tables of MethodPolicy.
inline constexpr absl::string_view kHealthService = "/grpc.health.v1.Health/";
inline constexpr absl::string_view kReflectionService =
    "/grpc.reflection.v1alpha.ServerReflection/";

// One row of a policy.
struct MethodRule {
  std::string method;  // "/package.Service/Method", or "/package.Service/" for all of a service
  std::vector<Role> roles;  // who may call it
};

// Which roles may call which methods. Pure; immutable, so thread-safe. What no rule names, nobody
// may call: a method that somebody forgets to list is refused, not open.
class MethodPolicy {
 public:
  // A rule for a method beats the one for its service. REQUIRES: no two rules for the same.
  explicit MethodPolicy(std::vector<MethodRule> rules);

  // Whether a peer of our farm may call the method at `path`, the `:path` of the request.
  // PERMISSION_DENIED names peer, method and the roles that may.
  absl::Status Check(const PeerName& peer, absl::string_view path) const;

 private:
  const std::vector<Role>* Find(absl::string_view path) const;

  std::map<std::string, std::vector<Role>, std::less<>> rules_;
};

// Whether a peer belongs to farm `farm_id` and `policy` lets it call `path`. PERMISSION_DENIED
// otherwise.
absl::Status AuthorizeCall(const MethodPolicy& policy, absl::string_view farm_id,
                           const PeerName& peer, absl::string_view path);

}  // namespace baton
