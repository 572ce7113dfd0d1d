#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// What stands where in a configuration file of the platform: a root element that holds sections,
// which hold keys (the vendor's server-hsconf reference). Used by `ConfigurationDocument` and the
// edits; other code reads through `ConfigurationDocument`.

namespace baton {

// Limits of a file that is accepted. A real one has some 10 KiB, 15 sections and 150 keys.
inline constexpr uint64_t kConfigurationBytesMax = 16ULL << 20;
inline constexpr int kConfigurationDepthMax = 16;
inline constexpr int kConfigurationSectionsMax = 1'000;
inline constexpr int kConfigurationKeysMax = 10'000;

// The bytes [begin, end) of a file.
struct ByteRange {
  size_t begin = 0;
  size_t end = 0;
};

struct ConfigurationAttribute {
  std::string name;
  std::string value;      // decoded
  ByteRange value_bytes;  // between the quotes
};

// An element: what its start tag says and where it stands.
struct ConfigurationElement {
  std::string name;
  std::vector<ConfigurationAttribute> attributes;  // in the file's order
  ByteRange bytes;                                 // from the start tag through the end tag
  ByteRange content;                               // between the tags; empty if `self_closing`
  bool self_closing = false;                       // <Key/>, which has no end tag
};

struct ConfigurationKey {
  ConfigurationElement element;
  // The text: entities resolved, CDATA unwrapped, CRLF read as LF as XML demands. For a `nested`
  // key also the elements in it, in a form that serves only to be compared.
  std::string value;
  std::vector<ByteRange> remarks;  // comments and processing instructions in the content
  bool nested = false;             // holds elements, so it has no plain value
};

struct ConfigurationSection {
  ConfigurationElement element;
  std::vector<ConfigurationKey> keys;
};

struct ConfigurationTree {
  ConfigurationElement root;
  std::vector<ConfigurationSection> sections;
};

// Finds sections and keys in the bytes of a file. FAILED_PRECONDITION, with line and column, for
// malformed XML, an encoding other than UTF-8, any DOCTYPE (so no entity is ever expanded) and a
// file over one of the limits above.
absl::StatusOr<ConfigurationTree> ParseConfigurationTree(absl::string_view bytes);

}  // namespace baton
