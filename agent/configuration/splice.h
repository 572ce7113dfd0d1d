#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "agent/configuration/tree.h"

// How one edit of a configuration file becomes replaced bytes. Used by `ApplyEdits`, which checks
// names and values before and the outcome after.

namespace baton {

// Puts `text` in the place of `bytes`.
struct Splice {
  ByteRange bytes;
  std::string text;
};

// The file with the splices in it. REQUIRES: they are in ascending order and do not overlap.
std::string ApplySplices(absl::string_view bytes, const std::vector<Splice>& splices);

// `text` as element content. It never needs CDATA.
std::string EscapeXml(absl::string_view text);

// Makes `value` the plaintext value of a key. No splices if it is that already.
// REQUIRES: the key is not `nested`.
std::vector<Splice> SpliceValue(absl::string_view bytes, const ConfigurationKey& key,
                                absl::string_view value);

// Adds a key as the last of a section.
Splice SpliceNewKey(absl::string_view bytes, const ConfigurationSection& section,
                    absl::string_view key, absl::string_view value);

// Adds a section that holds one key as the last of the file.
Splice SpliceNewSection(absl::string_view bytes, const ConfigurationTree& tree,
                        absl::string_view section, absl::string_view key, absl::string_view value);

}  // namespace baton
