#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "agent/configuration/document.h"

namespace baton {

// Limits of one rewrite.
inline constexpr size_t kConfigurationEditsMax = 64;
inline constexpr size_t kConfigurationValueBytesMax = 64 << 10;

// Gives one key a value. Secrets may be among the values, so no error ever quotes one.
struct Edit {
  std::string path;   // "Section/Key"
  std::string value;  // plaintext UTF-8 without control characters, not escaped
  // Adds the section or key if it is missing, in the style of its neighbours.
  bool create_missing = false;
};

// The bytes of the file after the edits. Edits are splices: a byte that no edit is about stays as
// it is, byte order mark, line endings, attribute order, quoting and comments included; where every
// value is already there, all of them do.
//
// A written value is plaintext: `encrypted="true"` of its key becomes "false" (the vendor's
// Configuration Tool reads plaintext and encrypts it when it applies the file). A CDATA section
// becomes escaped text; comments in a value stay behind it.
//
// Before they are returned the new bytes are parsed again: each edit must read back and no other
// key, section or attribute may have changed, else INTERNAL.
//
// NOT_FOUND, naming it, for a missing section or key without `create_missing`. FAILED_PRECONDITION
// if a section or key is ambiguous, or the key holds elements. INVALID_ARGUMENT for a malformed
// path, two edits of one path, a value that XML cannot hold, and edits over the limits above.
absl::StatusOr<std::string> ApplyEdits(const ConfigurationDocument& document,
                                       absl::Span<const Edit> edits);

// SHA-256 (32 bytes) of a file, taken with an empty value in the place of each plaintext value that
// `secret_paths` ("Section/Key") name: digests are logged and journaled, and one over a secret lets
// it be guessed. Ciphertext counts as it stands, and so does a file that cannot be parsed.
std::string DigestWithoutSecrets(const std::string& bytes,
                                 absl::Span<const std::string> secret_paths);

// DigestWithoutSecrets of what `bytes` become through the edits, without writing anything. Errors
// are those of `ConfigurationDocument::Parse` and `ApplyEdits`.
absl::StatusOr<std::string> PlannedDigest(std::string bytes, absl::Span<const Edit> edits,
                                          absl::Span<const std::string> secret_paths);

}  // namespace baton
