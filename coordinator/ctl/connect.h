#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/config/address.h"
#include "common/fs/file_system.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {

// Where a Baton coordinator is and how to get in: a unix socket, or an address and an identity
// folder.
struct Endpoint {
  std::string socket;  // empty for TCP
  HostPort address;
  std::string identity;  // folder
};

// What the options mean on this machine, see Options. UNAUTHENTICATED if an identity folder is
// needed and none of those that are looked for exists; INVALID_ARGUMENT for an address that is
// none, or for two places. `home` may be empty.
absl::StatusOr<Endpoint> ChooseEndpoint(const Options& options, FileSystem& files,
                                        const std::string& home);

// Where identity folders are looked for: ~/.baton, then this one.
inline constexpr char kSystemIdentity[] = "/etc/baton/identity";

}  // namespace baton::ctl
