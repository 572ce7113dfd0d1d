#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// os.services.conf, which the platform's init script reads as a shell does:
//
//   # which services run on this host
//   CONTROLLER="ENABLED"
//
// Pure text in, text out. Shell that is more than plain assignments is refused where it concerns
// the unit that is asked for, never interpreted.
namespace baton {

inline constexpr absl::string_view kUnitEnabled = "ENABLED";
inline constexpr absl::string_view kUnitDisabled = "DISABLED";

// What the file assigns to `unit`. NOT_FOUND if nothing; FAILED_PRECONDITION, with the line, if it
// is assigned twice or otherwise than by a plain value of its own line.
absl::StatusOr<std::string> ReadUnit(absl::string_view text, absl::string_view unit);

// The file with `value` assigned to `unit`: every other byte stays as it is, quotes and comments
// behind it too. Errors as those of ReadUnit. REQUIRES: `value` has nothing but letters.
absl::StatusOr<std::string> WithUnit(absl::string_view text, absl::string_view unit,
                                     absl::string_view value);

}  // namespace baton
