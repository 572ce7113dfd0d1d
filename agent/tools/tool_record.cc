#include "agent/tools/tool_record.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kVersion = "1";
constexpr absl::string_view kLastLine = "end";

std::string FirstLine(absl::string_view kind) {
  return absl::StrCat("baton-tool-", kind, " ", kVersion);
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("tool record: ", what));
}

}  // namespace

void ToolRecord::Add(absl::string_view key, absl::string_view value) {
  fields_.emplace_back(key, value);
}

void ToolRecord::AddNumber(absl::string_view key, int64_t value) { Add(key, absl::StrCat(value)); }

std::string ToolRecord::Encode(absl::string_view kind) const {
  std::string text = absl::StrCat(FirstLine(kind), "\n");
  for (const auto& [key, value] : fields_) {
    absl::StrAppend(&text, key, "=", absl::Utf8SafeCEscape(value), "\n");
  }
  absl::StrAppend(&text, kLastLine, "\n");
  return text;
}

absl::StatusOr<ToolRecord> ToolRecord::Decode(absl::string_view kind, absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines[0] != FirstLine(kind)) {
    return Damaged(absl::StrCat("the first line is not \"", FirstLine(kind), "\""));
  }
  ToolRecord record;
  // The piece after the last newline is not a line: an "end" without its newline may be cut.
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    if (lines[i] == kLastLine) return record;
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(lines[i], absl::MaxSplits('=', 1));
    std::string value;
    if (field.first.size() == lines[i].size() || !absl::CUnescape(field.second, &value)) {
      return Damaged(absl::StrCat("line ", i + 1, " is not key=value"));
    }
    record.Add(field.first, value);
  }
  return Damaged("it is incomplete");
}

absl::StatusOr<std::string> ToolRecord::Text(absl::string_view key) const {
  for (const auto& [name, value] : fields_) {
    if (name == key) return value;
  }
  return Damaged(absl::StrCat("no \"", key, "\""));
}

absl::StatusOr<int64_t> ToolRecord::Number(absl::string_view key) const {
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) return Damaged(absl::StrCat("\"", key, "\" is no number"));
  return number;
}

std::vector<std::string> ToolRecord::Texts(absl::string_view key) const {
  std::vector<std::string> texts;
  for (const auto& [name, value] : fields_) {
    if (name == key) texts.push_back(value);
  }
  return texts;
}

}  // namespace baton
