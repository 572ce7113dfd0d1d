#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/ctl/console.h"

namespace baton {

// A console that remembers what was written, both outputs in one text, and answers what a test has
// put there.
class FakeConsole : public ctl::Console {
 public:
  bool terminal = false;  // for input and output
  bool colour = false;
  int columns = ctl::kDefaultWidth;
  int lines = ctl::kDefaultHeight;
  std::deque<std::string> answers;
  std::string text;    // both outputs
  std::string errors;  // the standard error alone

  // Presses Ctrl-C. REQUIRES: somebody catches it.
  void Interrupt() { on_interrupt_(); }

  void Write(absl::string_view written) override { absl::StrAppend(&text, written); }
  void WriteError(absl::string_view written) override {
    absl::StrAppend(&text, written);
    absl::StrAppend(&errors, written);
  }
  bool output_is_terminal() const override { return terminal; }
  bool has_colour() const override { return colour; }
  bool input_is_terminal() const override { return terminal; }
  int width() const override { return columns; }
  int height() const override { return lines; }
  absl::StatusOr<std::string> ReadLine() override {
    if (answers.empty()) return absl::OutOfRangeError("the input ended");
    std::string answer = std::move(answers.front());
    answers.pop_front();
    absl::StrAppend(&text, answer, "\n");
    return answer;
  }
  std::unique_ptr<Interrupts> CatchInterrupts(std::function<void()> on_interrupt) override {
    on_interrupt_ = std::move(on_interrupt);
    return std::make_unique<Interrupts>();
  }

 private:
  std::function<void()> on_interrupt_;
};

}  // namespace baton
