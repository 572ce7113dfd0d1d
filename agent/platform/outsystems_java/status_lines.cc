#include "agent/platform/outsystems_java/status_lines.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace baton {
namespace {

constexpr char kEscape = '\x1b';

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

// Init scripts colour their words: ESC [ parameters letter.
std::string WithoutColours(absl::string_view line) {
  std::string plain;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != kEscape) {
      if (line[i] != '\r') plain.push_back(line[i]);
      continue;
    }
    while (i + 1 < line.size() && !IsLetter(line[i])) ++i;
  }
  return plain;
}

// The words of one line; nothing if it is another service's, or no service's.
std::optional<std::string> WordsIn(absl::string_view line, absl::string_view title) {
  const std::string plain = WithoutColours(line);
  absl::string_view rest = absl::StripAsciiWhitespace(plain);
  if (!absl::ConsumePrefix(&rest, title)) return std::nullopt;
  rest = absl::StripLeadingAsciiWhitespace(rest);
  if (!absl::ConsumePrefix(&rest, "-")) return std::nullopt;
  return std::string(absl::StripLeadingAsciiWhitespace(rest));
}

}  // namespace

absl::StatusOr<std::string> StatusWords(absl::string_view output, absl::string_view title) {
  std::optional<std::string> found;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    std::optional<std::string> words = WordsIn(line, title);
    if (!words.has_value()) continue;
    if (found.has_value() && *found != *words) {
      return absl::FailedPreconditionError(
          absl::StrCat("status says both \"", *found, "\" and \"", *words, "\" of ", title));
    }
    found = *std::move(words);
  }
  if (!found.has_value()) {
    return absl::NotFoundError(absl::StrCat("status has no line \"", title, " - ...\""));
  }
  return *std::move(found);
}

std::optional<plan::v1::RunState> RunStateOf(
    absl::string_view words, const std::map<std::string, plan::v1::RunState>& known) {
  std::optional<plan::v1::RunState> state;
  size_t longest = 0;
  for (const auto& [word, meaning] : known) {
    const bool fits = !word.empty() && absl::StartsWith(words, word) &&
                      (words.size() == word.size() || !IsLetter(words[word.size()]));
    if (!fits || word.size() < longest) continue;
    longest = word.size();
    state = meaning;
  }
  return state;
}

}  // namespace baton
