#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agent/profile/profile.h"
#include "common/config/config_node.h"
#include "common/fs/file_system.h"

namespace baton {

// Makes a profile of a whole document, with `values` in the place of the document's own variables.
// INVALID_ARGUMENT with file, line, column and key for whatever is wrong in it; besides the syntax:
// an unknown variable, two entries for one service or tool, a service that is initialised by its
// ports and has none, a tool that is expected to take longer than its time-out, no key for
// `controller.host`. The built-in profiles and deploy/profiles/ show the keys.
absl::StatusOr<Profile> ParseProfile(const ConfigNode& node,
                                     const std::map<std::string, std::string>& values);

// Makes a profile of the text of a file. A file with `base: NAME` is laid over that built-in
// profile: maps are merged by key, services and tools by their name. Errors of ParseConfig and
// ParseProfile, and INVALID_ARGUMENT for a base that is not built in.
absl::StatusOr<Profile> ResolveProfile(absl::string_view file, absl::string_view text,
                                       const std::map<std::string, std::string>& variables);

// The profile that `reference` names: one that is built in, or the path of a file, as AgentConfig
// has it. Errors of ReadConfigFile and ResolveProfile; INVALID_ARGUMENT, with the names that there
// are, for one that is neither.
absl::StatusOr<Profile> LoadProfile(FileSystem& fs, const std::string& reference,
                                    const std::map<std::string, std::string>& variables);

}  // namespace baton
