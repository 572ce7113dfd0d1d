#include "coordinator/ctl/connect.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/pki/identity.h"
#include "common/status/status_macros.h"

namespace baton::ctl {
namespace {

bool Exists(FileSystem& files, const std::string& path) { return files.Describe(path).ok(); }

absl::StatusOr<std::string> ChooseIdentity(const Options& options, FileSystem& files,
                                           const std::string& home) {
  if (!options.identity.empty()) return options.identity;
  const std::string own = home + "/.baton";
  if (!home.empty() && Exists(files, IdentityFiles(own).certificate)) return own;
  if (Exists(files, IdentityFiles(kSystemIdentity).certificate)) {
    return std::string(kSystemIdentity);
  }
  return absl::UnauthenticatedError(absl::StrCat(
      "no identity to call the Baton coordinator with: there is no ", own, "/cert.pem and no ",
      kSystemIdentity, "/cert.pem; name a folder with --identity"));
}

}  // namespace

absl::StatusOr<Endpoint> ChooseEndpoint(const Options& options, FileSystem& files,
                                        const std::string& home) {
  if (!options.socket.empty() && !options.coordinator.empty()) {
    return absl::InvalidArgumentError("--socket and --coordinator exclude each other");
  }
  Endpoint endpoint;
  endpoint.socket = options.socket;
  if (endpoint.socket.empty() && options.coordinator.empty() && Exists(files, kDefaultSocket)) {
    endpoint.socket = kDefaultSocket;
  }
  if (!endpoint.socket.empty()) return endpoint;
  const std::string text = options.coordinator.empty() ? kDefaultAddress : options.coordinator;
  const std::optional<HostPort> address = ParseHostPort(text);
  if (!address.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--coordinator \"", text, "\" is not HOST:PORT"));
  }
  endpoint.address = *address;
  if (endpoint.address.port == 0) endpoint.address.port = kDefaultPort;
  ASSIGN_OR_RETURN(endpoint.identity, ChooseIdentity(options, files, home));
  return endpoint;
}

}  // namespace baton::ctl
