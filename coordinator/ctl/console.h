#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton::ctl {

// Where the program's words go and a person's come from. Writing may be done from one thread at a
// time only.
class Console {
 public:
  virtual ~Console() = default;

  // Writes to the standard output and flushes it, or to the standard error.
  virtual void Write(absl::string_view text) = 0;
  virtual void WriteError(absl::string_view text) = 0;

  // A person reads the output: lines may be drawn again.
  virtual bool output_is_terminal() const = 0;
  // The output shows colours: a terminal, and the variable NO_COLOR is not set.
  virtual bool has_colour() const = 0;
  // A person can answer.
  virtual bool input_is_terminal() const = 0;

  // The terminal's size; 100 columns and 40 lines where there is none.
  virtual int width() const = 0;
  virtual int height() const = 0;

  // One line of input without its line feed, of at most 1,000 bytes. OUT_OF_RANGE at the end of the
  // input or for a longer line.
  virtual absl::StatusOr<std::string> ReadLine() = 0;

  // Calls `on_interrupt` from a thread of its own each time a person presses Ctrl-C, which no
  // longer ends the program, as long as the returned object lives. One at a time.
  class Interrupts {
   public:
    virtual ~Interrupts() = default;
  };
  virtual std::unique_ptr<Interrupts> CatchInterrupts(std::function<void()> on_interrupt) = 0;
};

// Sizes where the output is no terminal.
inline constexpr int kDefaultWidth = 100;
inline constexpr int kDefaultHeight = 40;
// The longest line of input.
inline constexpr size_t kInputLineSizeMax = 1000;

}  // namespace baton::ctl
