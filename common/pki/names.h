#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton {

// What the holder of a certificate may be. The words stand in certificates: never rename one.
enum class Role {
  kCoordinator,  // the Baton coordinator of a farm
  kAgent,        // the agent of one host; its name is the host's name in the farm file
  kOperator,     // a person or program that may plan, run and decide
  kViewer,       // a person or program that may look
};

// "coordinator", "agent", "operator" or "viewer".
absl::string_view RoleName(Role role);

// The inverse of RoleName. INVALID_ARGUMENT lists the roles there are.
absl::StatusOr<Role> ParseRole(absl::string_view text);

// Whom a certificate names. A certificate carries it as a URI in its subject alternative name:
// "baton://FARM/ROLE/NAME". Nothing else of a certificate says who its holder is.
struct PeerName {
  std::string farm_id;
  Role role = Role::kViewer;
  std::string name;

  bool operator==(const PeerName&) const = default;
};

// "baton://prod/agent/fe1".
std::string FormatPeerUri(const PeerName& peer);

// The inverse of FormatPeerUri. INVALID_ARGUMENT quotes the text and says which part is wrong.
absl::StatusOr<PeerName> ParsePeerUri(absl::string_view uri);

// How a journal, a log or a message names a peer: "operator:alice".
std::string FormatActor(const PeerName& peer);

// Farm ids and names are 1 to 63 of "a-z", "0-9", "." and "-" and begin with a letter or digit, so
// that they are safe as file names and in URIs. INVALID_ARGUMENT otherwise.
absl::Status ValidateFarmId(absl::string_view farm_id);
absl::Status ValidateName(absl::string_view name);

// The longest farm id or name.
inline constexpr int kNameSizeMax = 63;

}  // namespace baton
