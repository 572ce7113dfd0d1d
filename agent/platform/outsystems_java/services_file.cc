#include "agent/platform/outsystems_java/services_file.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// Where a value lies in the text, without its quotes.
struct Place {
  size_t begin = 0;
  size_t size = 0;
};

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Characters that mean nothing to a shell, within quotes or without.
bool IsPlain(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return IsNameCharacter(c) || c == '-' || c == '.' || c == '/' || c == ':';
  });
}

absl::string_view SkipBlanks(absl::string_view text) {
  while (!text.empty() && IsBlank(text[0])) text.remove_prefix(1);
  return text;
}

// Whether nothing but a comment is left.
bool IsEndOfLine(absl::string_view rest) {
  const absl::string_view words = SkipBlanks(rest);
  return words.empty() || (words[0] == '#' && words.size() < rest.size());
}

// The value that follows "UNIT=" at the beginning of `rest`, as an offset into it.
std::optional<Place> PlainValue(absl::string_view rest) {
  const char quote = rest.empty() ? '\0' : rest[0];
  if (quote == '"' || quote == '\'') {
    const size_t end = rest.find(quote, 1);
    if (end == absl::string_view::npos || !IsPlain(rest.substr(1, end - 1)) ||
        !IsEndOfLine(rest.substr(end + 1))) {
      return std::nullopt;
    }
    return Place{1, end - 1};
  }
  const auto* const end = std::find_if(rest.begin(), rest.end(), IsBlank);
  const size_t size = static_cast<size_t>(end - rest.begin());
  if (!IsPlain(rest.substr(0, size)) || !IsEndOfLine(rest.substr(size))) return std::nullopt;
  return Place{0, size};
}

// The place of "UNIT=" as a word of its own, anywhere in the line.
size_t FindAssignment(absl::string_view line, const std::string& assignment) {
  size_t at = line.find(assignment);
  while (at != absl::string_view::npos && at > 0 && IsNameCharacter(line[at - 1])) {
    at = line.find(assignment, at + 1);
  }
  return at;
}

// The value in one line: nothing if the line does not assign to the unit.
absl::StatusOr<std::optional<Place>> ValueIn(absl::string_view line,
                                             const std::string& assignment) {
  const absl::string_view words = SkipBlanks(line);
  if (absl::StartsWith(words, "#")) return std::nullopt;
  const size_t at = FindAssignment(line, assignment);
  if (at == absl::string_view::npos) return std::nullopt;
  absl::string_view before = SkipBlanks(line.substr(0, at));
  if (absl::ConsumePrefix(&before, "export")) before = SkipBlanks(before);
  const size_t begin = at + assignment.size();
  std::optional<Place> value = PlainValue(line.substr(begin));
  if (!before.empty() || !value.has_value()) {
    return absl::FailedPreconditionError(absl::StrCat(assignment, " is not given a plain value"));
  }
  value->begin += begin;
  return value;
}

absl::StatusOr<Place> FindUnit(absl::string_view text, absl::string_view unit) {
  const std::string assignment = absl::StrCat(unit, "=");
  std::optional<Place> found;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    ++number;
    absl::StatusOr<std::optional<Place>> value =
        ValueIn(text.substr(begin, end - begin), assignment);
    if (value.ok() && value->has_value() && found.has_value()) {
      value = absl::FailedPreconditionError(absl::StrCat(assignment, " stands there twice"));
    }
    if (!value.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("line ", number, ": ", value.status().message()));
    }
    if (value->has_value()) found = Place{begin + (*value)->begin, (*value)->size};
    begin = end + 1;
  }
  if (!found.has_value()) return absl::NotFoundError(absl::StrCat("no line gives ", assignment));
  return *found;
}

}  // namespace

absl::StatusOr<std::string> ReadUnit(absl::string_view text, absl::string_view unit) {
  ASSIGN_OR_RETURN(const Place place, FindUnit(text, unit));
  return std::string(text.substr(place.begin, place.size));
}

absl::StatusOr<std::string> WithUnit(absl::string_view text, absl::string_view unit,
                                     absl::string_view value) {
  ASSIGN_OR_RETURN(const Place place, FindUnit(text, unit));
  return absl::StrCat(text.substr(0, place.begin), value, text.substr(place.begin + place.size));
}

}  // namespace baton
