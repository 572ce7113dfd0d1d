#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/fs/file_system.h"
#include "common/pki/certificate_info.h"
#include "common/pki/names.h"

namespace baton {

// The files of an identity folder. The names are fixed.
struct IdentityFiles {
  std::string authority;    // ca.pem: who may vouch for peers
  std::string certificate;  // cert.pem
  std::string key;          // key.pem, 0600
  std::string revoked;      // revoked.yaml, may be absent

  explicit IdentityFiles(absl::string_view folder);
};

// Who this process is towards its peers, as its identity folder says. The key itself is not kept:
// the TLS library reads it from its file, again after each renewal.
//
// Trusted: whoever can write the folder. Such a person can be anybody of the farm to us.
struct Identity {
  PeerName name;
  CertificateInfo certificate;
  IdentityFiles files;
};

// What a program asks of the identity that it is given.
struct IdentityExpectation {
  std::optional<std::string> farm_id;
  std::vector<Role> roles;  // one of these; empty for any
  std::optional<std::string> name;
};

// No file of an identity folder is larger.
inline constexpr uint64_t kIdentityFileSizeBytesMax = uint64_t{256} * 1024;

// Loads an identity folder. Errors name the file: NOT_FOUND for a missing one, INVALID_ARGUMENT for
// one that cannot be parsed, FAILED_PRECONDITION if group or others can read the key, if key,
// certificate and authority do not belong together, if the certificate is expired or not yet valid
// at `now`, or if it is of another farm, role or name than expected.
absl::StatusOr<Identity> LoadIdentity(FileSystem& fs, absl::string_view folder,
                                      const IdentityExpectation& expected, absl::Time now);

}  // namespace baton
