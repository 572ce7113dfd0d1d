#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton {

// The text format of the small files of a tool's folder:
//
//   baton-tool-exit 1
//   exit_code=0
//   end_time_us=1700000000000000
//   end
//
// A first line with kind and version, lines `key=value` with C escapes in the values, a last line
// that proves completeness. What follows it is ignored. A reader skips keys that it does not know,
// so that agents and supervisors of neighbouring versions understand each other. Part of the state
// format: keys are added, never renamed.
class ToolRecord {
 public:
  void Add(absl::string_view key, absl::string_view value);
  void AddNumber(absl::string_view key, int64_t value);

  std::string Encode(absl::string_view kind) const;

  // DATA_LOSS if `text` is not a complete record of this kind and of a known version.
  static absl::StatusOr<ToolRecord> Decode(absl::string_view kind, absl::string_view text);

  // The value of a key. DATA_LOSS, naming the key, if it is missing or not a number.
  absl::StatusOr<std::string> Text(absl::string_view key) const;
  absl::StatusOr<int64_t> Number(absl::string_view key) const;

  // The values of a key that may occur any number of times, in order.
  std::vector<std::string> Texts(absl::string_view key) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace baton
