#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/config_node.h"
#include "common/fs/file_system.h"

namespace baton {

inline constexpr uint64_t kConfigFileSizeBytesMax = uint64_t{1} << 20;
inline constexpr int kConfigDepthMax = 32;

// Reads one YAML document. `file` is the name that errors begin with. What YAML allows and a
// configuration does not need is INVALID_ARGUMENT with line and column, as is a mistake in the
// syntax: duplicate keys, keys that are not plain words, anchors, aliases and tags, a second
// document, tabs in the indentation, text that is not UTF-8, more than kConfigDepthMax levels or
// kConfigFileSizeBytesMax bytes. An empty document is a node of kind kNothing.
absl::StatusOr<ConfigNode> ParseConfig(absl::string_view file, absl::string_view text);

// Reads the bytes of a configuration file. Errors of `fs` name the path; a file above
// kConfigFileSizeBytesMax is INVALID_ARGUMENT.
absl::StatusOr<std::string> ReadConfigFile(FileSystem& fs, const std::string& path);

}  // namespace baton
