#include "agent/operation/tool_values.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

using agent::v1::ToolValue;
using plan::v1::ToolParameter;

absl::Status Wrong(absl::string_view name, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("values: \"", absl::CHexEscape(name), "\" ", problem));
}

absl::Status CheckSize(absl::string_view name, size_t size_bytes, size_t size_bytes_max) {
  if (size_bytes <= size_bytes_max) return absl::OkStatus();
  return Wrong(name, absl::StrCat("has ", size_bytes, " bytes; at most ", size_bytes_max));
}

bool IsOneLine(absl::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

absl::Status CheckValue(const ToolValue& value) {
  switch (value.value_case()) {
    case ToolValue::kText:
      if (!IsOneLine(value.text())) return Wrong(value.name(), "is not one line of text");
      return CheckSize(value.name(), value.text().size(), kToolTextBytesMax);
    case ToolValue::kSecret:
      if (absl::StrContains(value.secret(), '\0')) return Wrong(value.name(), "has a zero byte");
      return CheckSize(value.name(), value.secret().size(), kToolSecretBytesMax);
    case ToolValue::kFile:
      return CheckSize(value.name(), value.file().size(), kToolFileBytesMax);
    case ToolValue::VALUE_NOT_SET:
      break;
  }
  return Wrong(value.name(), "has no value");
}

ToolParameter::Kind KindOf(const ToolValue& value) {
  switch (value.value_case()) {
    case ToolValue::kText:
      return ToolParameter::TEXT;
    case ToolValue::kSecret:
      return ToolParameter::SECRET;
    case ToolValue::kFile:
      return ToolParameter::FILE;
    case ToolValue::VALUE_NOT_SET:
      break;
  }
  return ToolParameter::KIND_UNSPECIFIED;
}

std::string KindWord(ToolParameter::Kind kind) {
  return absl::AsciiStrToLower(ToolParameter::Kind_Name(kind));
}

std::string ShownValue(const ToolValue& value) {
  switch (value.value_case()) {
    case ToolValue::kText:
      return absl::CEscape(value.text());
    case ToolValue::kSecret:
      return "(secret)";
    case ToolValue::kFile:
      return absl::StrCat("sha256:", absl::BytesToHexString(Sha256(value.file())));
    case ToolValue::VALUE_NOT_SET:
      break;
  }
  return "";
}

}  // namespace

absl::Status CheckToolValues(const ToolValues& values) {
  if (values.size() > kToolValuesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("values: has ", values.size(), " entries; at most ", kToolValuesMax));
  }
  std::set<std::string> seen;
  for (const ToolValue& value : values) {
    if (!seen.insert(value.name()).second) return Wrong(value.name(), "stands there twice");
    RETURN_IF_ERROR(CheckValue(value));
  }
  return absl::OkStatus();
}

absl::Status MatchToolValues(const plan::v1::ToolProfile& tool, const ToolValues& values) {
  std::map<std::string, ToolParameter::Kind> brought;
  for (const ToolValue& value : values) brought[value.name()] = KindOf(value);
  for (const ToolParameter& parameter : tool.parameters()) {
    const auto value = brought.find(parameter.name());
    if (value == brought.end()) {
      return Wrong(parameter.name(), absl::StrCat("is missing, which tool ", Word(tool.tool()),
                                                  " takes as a ", KindWord(parameter.kind())));
    }
    if (value->second != parameter.kind()) {
      return Wrong(parameter.name(),
                   absl::StrCat("is a ", KindWord(value->second), ", and tool ", Word(tool.tool()),
                                " takes a ", KindWord(parameter.kind())));
    }
    brought.erase(value);
  }
  if (brought.empty()) return absl::OkStatus();
  return Wrong(brought.begin()->first, absl::StrCat("is no parameter of tool ", Word(tool.tool())));
}

std::string ToolValuesText(const ToolValues& values) {
  std::map<std::string, std::string> shown;
  for (const ToolValue& value : values) shown[value.name()] = ShownValue(value);
  std::string text;
  for (const auto& [name, value] : shown) {
    absl::StrAppend(&text, " ", absl::CEscape(name), "=", value);
  }
  return text;
}

}  // namespace baton
