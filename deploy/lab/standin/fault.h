#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton::standin {

inline constexpr absl::Duration kSlowMax = absl::Minutes(10);
inline constexpr int64_t kFloodBytesMax = int64_t{1} << 30;

// What a file DIR/faults/NAME asks for. README.md says what each kind means for services, requests
// to the service manager and tools.
struct Fault {
  enum class Kind { kNone, kFail, kHang, kLie, kSlow, kFlood, kAsk };

  Kind kind = Kind::kNone;
  int code = 0;            // kFail: an exit or error code, 1 to 65535
  absl::Duration delay;    // kSlow: 0 to kSlowMax
  int64_t size_bytes = 0;  // kFlood: 0 to kFloodBytesMax
};

// Reads `fail CODE`, `hang`, `lie`, `ask`, `slow SECONDS` or `flood BYTES`; surrounding blanks are
// ignored and an empty text is no fault. INVALID_ARGUMENT, quoting the text, for anything else.
absl::StatusOr<Fault> ParseFault(absl::string_view text);

}  // namespace baton::standin
