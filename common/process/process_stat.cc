#include "common/process/process_stat.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace baton {
namespace {

// Fields are counted from the state, which follows the program's name and is field 3 of proc(5).
constexpr size_t kStateField = 0;
constexpr size_t kStartTicksField = 22 - 3;

}  // namespace

absl::StatusOr<ProcessStat> ParseProcessStat(absl::string_view text) {
  const size_t name_end = text.rfind(')');
  if (name_end == absl::string_view::npos) {
    return absl::DataLossError("process status without the name of a program");
  }
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::StripAsciiWhitespace(text.substr(name_end + 1)), ' ');
  ProcessStat stat;
  if (fields.size() <= kStartTicksField || fields[kStateField].size() != 1 ||
      !absl::SimpleAtoi(fields[kStartTicksField], &stat.start_ticks)) {
    return absl::DataLossError("process status without state and start time");
  }
  stat.state = fields[kStateField][0];
  return stat;
}

}  // namespace baton
