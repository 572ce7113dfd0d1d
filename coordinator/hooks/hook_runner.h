#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/journal/v1/journal.pb.h"

namespace baton {

// A command of the site, as the farm file has it.
struct HookCommand {
  std::vector<std::string> argv;         // argv[0] is the path of the program; no shell
  std::vector<std::string> environment;  // complete but for PATH, as NAME=VALUE
  absl::Duration timeout;                // then it is ended, with all that it started
};

// Runs the commands of the site beside the Baton coordinator. Thread-safe.
class HookRunner {
 public:
  // Takes output as it comes, from a thread of the runner.
  using OnOutput = std::function<void(absl::string_view bytes)>;

  // Takes the end, once, after the last output, from a thread of the runner: how it ended, or why
  // it was not started, ending with the system's words.
  using OnEnd = std::function<void(absl::StatusOr<journal::v1::HookResult> result)>;

  // Hooks that run still are ended; then OnEnd gets CANCELLED.
  virtual ~HookRunner() = default;

  // Whether the program could be run now. NOT_FOUND if there is none; PERMISSION_DENIED if this
  // user may not run it, or if others than its owner may change it; FAILED_PRECONDITION if it is no
  // regular file.
  virtual absl::Status Check(const std::string& program) = 0;

  // Starts a hook and returns at once. Errors that OnEnd gets are those of Check and of
  // Process::Spawn.
  virtual void Run(HookCommand command, OnOutput on_output, OnEnd on_end) = 0;
};

}  // namespace baton
