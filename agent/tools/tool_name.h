#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace baton {

// The longest name that EncodeToolId makes. With a prefix and a suffix it still fits into a file
// name and into the name of a systemd unit (255 bytes each).
inline constexpr size_t kToolNameBytesMax = 128;

// Makes of an operation id (`RUN/STEP/ATTEMPT`, a step's name contains '/') a name that is safe for
// a folder and a systemd unit: `r7/repoint/fe2/rewrite/1` becomes `r7.repoint.fe2.rewrite.1`. Bytes
// other than letters, digits and '-' become '_' and two hexadecimal digits. A name that would be
// too long keeps its beginning and ends with "__" and a hash of the id. Different ids get different
// names. Names are kept on disk: part of the state format, never change.
std::string EncodeToolId(absl::string_view id);

// The id that a name stands for. Nothing if the name is not one of EncodeToolId's, or a shortened
// one.
std::optional<std::string> DecodeToolName(absl::string_view name);

}  // namespace baton
