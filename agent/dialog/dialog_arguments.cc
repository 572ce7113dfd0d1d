#include "agent/dialog/dialog_arguments.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kSilence = "--silence-ms=";
constexpr absl::string_view kTimeout = "--timeout-ms=";
constexpr absl::string_view kAnswer = "--answer=";
constexpr absl::string_view kCommand = "--";

struct CountFlag {
  PromptCount count;
  absl::string_view flag;
};
constexpr CountFlag kCounts[] = {{PromptCount::kOnce, "--once="},
                                 {PromptCount::kAtMostOnce, "--at-most-once="},
                                 {PromptCount::kAnyNumber, "--any="}};

absl::string_view FlagOf(PromptCount count) {
  for (const CountFlag& row : kCounts) {
    if (row.count == count) return row.flag;
  }
  return "";
}

absl::Status Unknown(absl::string_view word) {
  return absl::InvalidArgumentError(absl::StrCat("dialog: unexpected argument \"", word, "\""));
}

absl::StatusOr<absl::Duration> ParseMilliseconds(absl::string_view text) {
  int64_t milliseconds = 0;
  if (!absl::SimpleAtoi(text, &milliseconds) || milliseconds <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("dialog: \"", text, "\" is no time"));
  }
  return absl::Milliseconds(milliseconds);
}

// The rule that the words at `next` and behind it are; nothing if they are none.
std::optional<DialogRule> TakeRule(const std::vector<std::string>& words, size_t next) {
  for (const CountFlag& row : kCounts) {
    absl::string_view prompt = words[next];
    if (!absl::ConsumePrefix(&prompt, row.flag) || next + 1 >= words.size()) continue;
    absl::string_view answer = words[next + 1];
    if (!absl::ConsumePrefix(&answer, kAnswer)) continue;
    return DialogRule{std::string(prompt), std::string(answer), row.count};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> FormatDialogArguments(const DialogArguments& arguments) {
  std::vector<std::string> words = {
      absl::StrCat(kSilence, absl::ToInt64Milliseconds(arguments.dialog.silence_timeout)),
      absl::StrCat(kTimeout, absl::ToInt64Milliseconds(arguments.timeout))};
  for (const DialogRule& rule : arguments.dialog.rules) {
    words.push_back(absl::StrCat(FlagOf(rule.count), rule.prompt));
    words.push_back(absl::StrCat(kAnswer, rule.answer));
  }
  words.emplace_back(kCommand);
  words.insert(words.end(), arguments.command.begin(), arguments.command.end());
  return words;
}

std::vector<std::string> DialogCommand(const std::string& program,
                                       const DialogArguments& arguments) {
  std::vector<std::string> words = FormatDialogArguments(arguments);
  words.insert(words.begin(), {program, std::string(kDialogWord)});
  return words;
}

absl::StatusOr<DialogArguments> ParseDialogArguments(const std::vector<std::string>& words) {
  DialogArguments arguments;
  size_t next = 0;
  for (; next < words.size() && words[next] != kCommand; ++next) {
    absl::string_view word = words[next];
    if (absl::ConsumePrefix(&word, kSilence)) {
      ASSIGN_OR_RETURN(arguments.dialog.silence_timeout, ParseMilliseconds(word));
    } else if (absl::ConsumePrefix(&word, kTimeout)) {
      ASSIGN_OR_RETURN(arguments.timeout, ParseMilliseconds(word));
    } else if (std::optional<DialogRule> rule = TakeRule(words, next)) {
      arguments.dialog.rules.push_back(*std::move(rule));
      ++next;
    } else {
      return Unknown(word);
    }
  }
  if (next + 1 >= words.size()) return absl::InvalidArgumentError("dialog: no program is named");
  arguments.command.assign(words.begin() + static_cast<std::ptrdiff_t>(next) + 1, words.end());
  if (arguments.timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("dialog: ", kTimeout, " is missing"));
  }
  return arguments;
}

}  // namespace baton
