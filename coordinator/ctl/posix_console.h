#pragma once

#include <functional>
#include <memory>
#include <string>

#include "coordinator/ctl/console.h"

namespace baton::ctl {

// The console of this process: file descriptors 0, 1 and 2, and SIGINT. One a process.
class PosixConsole : public Console {
 public:
  void Write(absl::string_view text) override;
  void WriteError(absl::string_view text) override;
  bool output_is_terminal() const override;
  bool has_colour() const override;
  bool input_is_terminal() const override;
  int width() const override;
  int height() const override;
  absl::StatusOr<std::string> ReadLine() override;
  std::unique_ptr<Interrupts> CatchInterrupts(std::function<void()> on_interrupt) override;
};

}  // namespace baton::ctl
