#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/dialog/dialog_spec.h"

namespace baton {

// What to do next in a dialog.
struct DialogWait {
  absl::Duration duration;  // unless the program says something before
};
struct DialogAnswer {
  std::string line;  // without its end
};
struct DialogStop {
  std::string why;  // the program must be killed: it is not known what it wants
};
using DialogStep = std::variant<DialogWait, DialogAnswer, DialogStop>;

// Decides what an interactive program is answered. Pure: the driver brings what the program says
// and the time since its start. It never guesses: a question that no rule knows, one that two rules
// know, one that comes again, silence, and too much output or time each end the dialog. Not
// thread-safe.
class Dialog {
 public:
  // A question is looked at once the program has been quiet for this long: output comes in pieces.
  // Words that end their line are less likely to be one.
  static constexpr absl::Duration kQuiet = absl::Milliseconds(150);
  static constexpr absl::Duration kQuietAfterLine = absl::Seconds(2);
  // Of the whole output, and of what one question may be looked for in.
  static constexpr size_t kOutputBytesMax = 1 << 20;
  static constexpr size_t kPendingBytesMax = 8 << 10;

  // `timeout` is for the whole dialog.
  Dialog(DialogSpec spec, absl::Duration timeout);

  // The program has said something, `elapsed` after its start.
  void Add(absl::string_view output, absl::Duration elapsed);

  // What to do now. After an answer the driver has sent it and asks again.
  DialogStep Next(absl::Duration elapsed);

  // Whether the program that has ended by itself asked all that it should have.
  // FAILED_PRECONDITION, naming the first question that did not come.
  absl::Status CheckComplete() const;

 private:
  // The rule for a question: none, one, or an error for several or one that is used up.
  struct Judgement {
    std::optional<size_t> rule;
    std::string trouble;
  };
  Judgement Judge(absl::string_view question) const;
  DialogStep AnswerOrWait(absl::Duration elapsed);
  DialogStop GiveUpAfterSilence() const;

  const DialogSpec spec_;
  const absl::Duration timeout_;
  std::vector<size_t> asked_;  // how often, by rule
  std::string pending_;        // said since the last answer
  size_t output_bytes_ = 0;
  absl::Duration heard_at_;  // when the program last said something or was answered
  bool judged_ = true;       // nothing was said since the last look
};

// Whether `text` has the pieces of `prompt`; see DialogRule.
bool MatchesPrompt(absl::string_view text, absl::string_view prompt);

}  // namespace baton
