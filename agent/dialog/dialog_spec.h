#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace baton {

// How often an interactive program asks a question.
enum class PromptCount { kOnce, kAtMostOnce, kAnyNumber };

// One question of an interactive program and what to answer.
struct DialogRule {
  // What must be in the question: pieces in this order with '*' for whatever is between them. All
  // other characters stand for themselves.
  std::string prompt;
  std::string answer;  // one line, without its end; may be empty
  PromptCount count = PromptCount::kOnce;
};

// How to answer an interactive program. Vendors do not publish the words of their prompts, so these
// are data of a profile.
struct DialogSpec {
  std::vector<DialogRule> rules;
  // A program that says nothing for this long waits for an answer that nobody has.
  absl::Duration silence_timeout = absl::Seconds(30);
};

}  // namespace baton
