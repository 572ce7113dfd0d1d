#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "agent/configuration/tree.h"

namespace baton {

// Where a key stands: "ServiceConfiguration/CompilerServerHostname".
struct ConfigurationPath {
  // INVALID_ARGUMENT unless `text` is two names with one slash between them.
  static absl::StatusOr<ConfigurationPath> Parse(absl::string_view text);

  std::string section;
  std::string key;
};

// True if the key's value is ciphertext: its attribute `encrypted` is "true" (documented in the
// vendor's server-hsconf reference; any other value and a missing attribute mean plaintext).
bool IsEncrypted(const ConfigurationKey& key);

// A parsed configuration file of the platform (`server.hsconf`). Immutable, so safe to share
// between threads. Names are compared with their letter case.
//
// Duplicates do not prevent parsing: a section or key that occurs twice is FAILED_PRECONDITION,
// naming it, when somebody asks for it, since nobody can tell which one the platform reads.
class ConfigurationDocument {
 public:
  struct Value {
    std::string value;  // decoded; the ciphertext as it stands if `encrypted`
    bool encrypted = false;
  };

  // Errors are those of `ParseConfigurationTree`.
  static absl::StatusOr<ConfigurationDocument> Parse(std::string bytes);

  const std::string& bytes() const { return bytes_; }
  const ConfigurationTree& tree() const { return tree_; }

  // The value at "Section/Key". NOT_FOUND, naming what is missing; FAILED_PRECONDITION if it is
  // ambiguous or the key holds elements instead of text; INVALID_ARGUMENT for a malformed path.
  absl::StatusOr<Value> Find(absl::string_view path) const;

  // The names of the sections in the file's order, duplicates included.
  std::vector<std::string> SectionNames() const;

  // SHA-256 (32 bytes) over what must be equal on every host of a farm in one section: its
  // attributes and keys in a canonical order, whatever their order, quoting and white space in the
  // file. Of an encrypted value only its presence counts, because the platform encrypts with a
  // random initialisation vector on each host. Keys named by `excluded_paths` ("Section/Key") do
  // not count; paths into other sections are ignored. NOT_FOUND without the section,
  // FAILED_PRECONDITION if it or a key in it is ambiguous.
  absl::StatusOr<std::string> ComparableDigest(absl::string_view section,
                                               absl::Span<const std::string> excluded_paths) const;

  // The section with this name; errors as for `Find`. Valid as long as the document.
  absl::StatusOr<const ConfigurationSection*> FindSection(absl::string_view name) const;

  // The key with this name in one of this document's sections; errors as for `Find`.
  static absl::StatusOr<const ConfigurationKey*> FindKey(const ConfigurationSection& section,
                                                         absl::string_view name);

 private:
  ConfigurationDocument(std::string bytes, ConfigurationTree tree);

  std::string bytes_;
  ConfigurationTree tree_;
};

}  // namespace baton
