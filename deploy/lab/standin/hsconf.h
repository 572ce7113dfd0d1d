#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// server.hsconf as the platform's own Configuration Tool sees it: read into a tree, written anew.
// Baton's agent edits the same file by splicing bytes; the stand-in must not share that code, or a
// lab could not show its mistakes. The shape of the file is that of the vendor's server-hsconf
// reference.
namespace baton::standin {

inline constexpr size_t kHsconfBytesMax = 1 << 20;

using XmlAttributes = std::vector<std::pair<std::string, std::string>>;

struct HsconfKey {
  std::string name;
  XmlAttributes attributes;
  std::string value;
};

struct HsconfSection {
  std::string name;
  XmlAttributes attributes;
  std::vector<HsconfKey> keys;

  // The key, or nullptr.
  const HsconfKey* Find(absl::string_view key) const;
};

struct Hsconf {
  std::vector<HsconfSection> sections;

  // The section, or nullptr.
  const HsconfSection* FindSection(absl::string_view section) const;

  // The value of a key; empty if section or key are missing.
  std::string Value(absl::string_view section, absl::string_view key) const;
};

// The value of an attribute; empty if it is missing.
absl::string_view AttributeOf(const XmlAttributes& attributes, absl::string_view name);

// INVALID_ARGUMENT, with the line, unless `bytes` are well-formed XML of the form
// EnvironmentConfiguration / section / key without a document type; also for more than
// kHsconfBytesMax.
absl::StatusOr<Hsconf> ParseHsconf(absl::string_view bytes);

// The file as the platform writes it: UTF-8 with byte order mark, XML declaration, CRLF, two blanks
// of indentation, `<Key />` for empty values. Comments and the caller's layout are gone.
std::string SerializeHsconf(const Hsconf& hsconf);

}  // namespace baton::standin
