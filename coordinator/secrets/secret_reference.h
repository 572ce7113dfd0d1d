#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/config/config_node.h"

namespace baton {

// The password that the platform's services log in to the cache with.
inline constexpr char kCachePassword[] = "cache_password";
// The password of a Service Center administrator, which the platform's tools ask for.
inline constexpr char kServiceCenterPassword[] = "service_center_password";

// Where the value of a secret is found: `file:PATH` or `env:NAME`.
struct SecretReference {
  enum class Kind { kFile, kEnvironment };
  Kind kind = Kind::kFile;
  std::string place;  // an absolute path, or the name of a variable

  std::string ToString() const;
};

// References by the secrets' names.
using SecretReferences = std::map<std::string, SecretReference>;

// Reads one reference. INVALID_ARGUMENT with line and column for anything but `file:` with an
// absolute path or `env:` with the name of a variable. A value that stands there instead of a
// reference is not repeated in the error.
absl::StatusOr<SecretReference> ParseSecretReference(const ConfigNode& node);

// Reads the map `secrets` of a farm file. INVALID_ARGUMENT with line and column for a name that
// Baton has no use for there, and for what ParseSecretReference refuses.
absl::StatusOr<SecretReferences> ParseSecretReferences(const ConfigNode& node);

}  // namespace baton
