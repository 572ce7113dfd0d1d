#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/hooks/hook_output.h"
#include "coordinator/hooks/hook_runner.h"

namespace baton {

// A hook runner whose programs do what a test says, at once and on the caller's thread. It
// remembers what it ran. Not thread-safe.
class FakeHookRunner : public HookRunner {
 public:
  // What a program does.
  struct Program {
    int exit_code = 0;
    std::string output;  // after the environment, where that is printed
    bool prints_environment = false;
    bool hangs = false;  // until its time is over, or the runner goes
    std::string secret;  // masked in its output
    absl::Status check;  // why it cannot be run, if it cannot
  };

  // By path; others do not exist.
  std::map<std::string, Program> programs;
  std::vector<HookCommand> ran;
  // A program that hangs: its time is over at once.
  bool time_flies = true;

  ~FakeHookRunner() override {
    for (const OnEnd& on_end : hanging_) on_end(absl::CancelledError("the runner goes"));
  }

  absl::Status Check(const std::string& program) override {
    const auto found = programs.find(program);
    return found == programs.end() ? absl::NotFoundError(absl::StrCat(program, ": no such file"))
                                   : found->second.check;
  }

  void Run(HookCommand command, OnOutput on_output, OnEnd on_end) override {
    if (const absl::Status status = Check(command.argv.front()); !status.ok()) {
      return on_end(status);
    }
    const Program& program = programs[command.argv.front()];
    ran.push_back(command);
    if (program.hangs && !time_flies) return hanging_.push_back(std::move(on_end));
    HookOutput output({program.secret}, std::move(on_output));
    for (const std::string& variable : command.environment) {
      if (program.prints_environment) output.Add(absl::StrCat(variable, "\n"));
    }
    output.Add(program.output);
    journal::v1::HookResult result;
    result.set_exit_code(program.hangs ? 0 : program.exit_code);
    result.set_signal(program.hangs ? 15 : 0);
    result.set_timed_out(program.hangs);
    output.Finish(result);
    on_end(std::move(result));
  }

 private:
  std::vector<OnEnd> hanging_;
};

}  // namespace baton
