#include "agent/dialog/dialog.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace baton {
namespace {

// How much of an unknown question an error shows: its end, where the question is.
constexpr size_t kShownBytesMax = 300;

std::string Shown(absl::string_view text) {
  const absl::string_view words = absl::StripAsciiWhitespace(text);
  const size_t skipped = words.size() - std::min(words.size(), kShownBytesMax);
  return absl::StrCat("\"", absl::CHexEscape(words.substr(skipped)), "\"");
}

absl::string_view LastLine(absl::string_view text) {
  const size_t end = text.rfind('\n');
  return end == absl::string_view::npos ? text : text.substr(end + 1);
}

// Whether the cursor stands behind words, as it does after a question.
bool IsOpenLine(absl::string_view text) {
  return !absl::StripAsciiWhitespace(LastLine(text)).empty();
}

}  // namespace

bool MatchesPrompt(absl::string_view text, absl::string_view prompt) {
  for (const absl::string_view piece : absl::StrSplit(prompt, '*')) {
    const size_t begin = text.find(piece);
    if (begin == absl::string_view::npos) return false;
    text.remove_prefix(begin + piece.size());
  }
  return true;
}

Dialog::Dialog(DialogSpec spec, absl::Duration timeout)
    : spec_(std::move(spec)), timeout_(timeout), asked_(spec_.rules.size()) {}

void Dialog::Add(absl::string_view output, absl::Duration elapsed) {
  output_bytes_ += output.size();
  absl::StrAppend(&pending_, output);
  if (pending_.size() > kPendingBytesMax) pending_.erase(0, pending_.size() - kPendingBytesMax);
  heard_at_ = elapsed;
  judged_ = false;
}

DialogStep Dialog::Next(absl::Duration elapsed) {
  if (output_bytes_ > kOutputBytesMax) {
    return DialogStop{absl::StrCat("it has written more than ", kOutputBytesMax, " bytes")};
  }
  if (elapsed >= timeout_) {
    return DialogStop{absl::StrCat("it takes longer than ", absl::FormatDuration(timeout_))};
  }
  const absl::Duration quiet = elapsed - heard_at_;
  const absl::Duration enough = IsOpenLine(pending_) ? kQuiet : kQuietAfterLine;
  if (!judged_ && quiet < enough) return DialogWait{enough - quiet};
  if (!judged_) {
    judged_ = true;
    return AnswerOrWait(elapsed);
  }
  if (quiet >= spec_.silence_timeout) return GiveUpAfterSilence();
  return DialogWait{std::min(spec_.silence_timeout - quiet, timeout_ - elapsed)};
}

DialogStep Dialog::AnswerOrWait(absl::Duration elapsed) {
  // What comes before the question may name others: the question's own line is looked at first.
  Judgement judgement = Judge(LastLine(pending_));
  if (!judgement.rule.has_value() && judgement.trouble.empty()) judgement = Judge(pending_);
  if (!judgement.trouble.empty()) return DialogStop{judgement.trouble};
  if (!judgement.rule.has_value()) return Next(elapsed);
  ++asked_[*judgement.rule];
  pending_.clear();
  heard_at_ = elapsed;
  return DialogAnswer{spec_.rules[*judgement.rule].answer};
}

Dialog::Judgement Dialog::Judge(absl::string_view question) const {
  Judgement judgement;
  bool used_up = false;
  for (size_t i = 0; i < spec_.rules.size(); ++i) {
    const DialogRule& rule = spec_.rules[i];
    if (!MatchesPrompt(question, rule.prompt)) continue;
    if (rule.count != PromptCount::kAnyNumber && asked_[i] > 0) {
      used_up = true;
    } else if (judgement.rule.has_value()) {
      return {std::nullopt,
              absl::StrCat("the prompt ", Shown(question), " fits both \"",
                           spec_.rules[*judgement.rule].prompt, "\" and \"", rule.prompt, "\"")};
    } else {
      judgement.rule = i;
    }
  }
  // What a program says of an answer names the question once more and asks nothing.
  if (used_up && !judgement.rule.has_value() && IsOpenLine(question)) {
    judgement.trouble = absl::StrCat("it asks ", Shown(question), " again");
  }
  return judgement;
}

DialogStop Dialog::GiveUpAfterSilence() const {
  const std::string silence =
      absl::StrCat("silent for ", absl::FormatDuration(spec_.silence_timeout));
  if (absl::StripAsciiWhitespace(pending_).empty()) return {silence};
  return {absl::StrCat("unexpected prompt ", Shown(pending_), ": ", silence, " after it")};
}

absl::Status Dialog::CheckComplete() const {
  for (size_t i = 0; i < spec_.rules.size(); ++i) {
    if (spec_.rules[i].count != PromptCount::kOnce || asked_[i] == 1) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("it ended without asking \"", spec_.rules[i].prompt, "\""));
  }
  return absl::OkStatus();
}

}  // namespace baton
