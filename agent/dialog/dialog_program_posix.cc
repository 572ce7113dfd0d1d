#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog.h"
#include "agent/dialog/dialog_arguments.h"
#include "agent/dialog/dialog_program.h"
#include "common/process/process.h"
#include "common/process/pseudo_terminal.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"

namespace baton {
namespace {

constexpr int kSignalExitCode = 128;
constexpr size_t kReadBytes = 4096;

void Show(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

absl::Status SendLine(const FileDescriptor& terminal, const std::string& line) {
  const std::string bytes = absl::StrCat(line, "\n");
  // The terminal's buffer takes a line in one piece.
  const ssize_t count = write(terminal.get(), bytes.data(), bytes.size());
  if (count == static_cast<ssize_t>(bytes.size())) return absl::OkStatus();
  return PosixError("answer", count < 0 ? errno : EIO);
}

// A running dialog: the program, its terminal, and who decides what it is told.
class Driver {
 public:
  Driver(Dialog dialog, FileDescriptor terminal, Process process)
      : dialog_(std::move(dialog)),
        terminal_(std::move(terminal)),
        process_(std::move(process)),
        start_(SystemClock().Monotonic()) {}

  // Returns when the program has ended; the error says why the dialog was stopped.
  absl::StatusOr<int> Run() {
    const absl::Status talked = Talk();
    if (!talked.ok()) KillGroup(process_.identity(), SIGKILL).IgnoreError();
    ASSIGN_OR_RETURN(const ProcessExit exit, process_.Collect());
    RETURN_IF_ERROR(talked);
    if (exit.signal != 0) return kSignalExitCode + exit.signal;
    if (exit.code == 0) RETURN_IF_ERROR(dialog_.CheckComplete());
    return exit.code;
  }

 private:
  absl::Status Talk() {
    while (true) {
      const DialogStep step = dialog_.Next(Elapsed());
      if (const auto* stop = std::get_if<DialogStop>(&step)) return absl::AbortedError(stop->why);
      if (const auto* answer = std::get_if<DialogAnswer>(&step)) {
        Show(absl::StrCat(answer->line, "\n"));
        RETURN_IF_ERROR(SendLine(terminal_, answer->line));
      } else if (!Wait(std::get<DialogWait>(step).duration)) {
        return absl::OkStatus();
      }
    }
  }

  // Waits for words of the program or its end. False once it has ended and all is read.
  bool Wait(absl::Duration duration) {
    std::array<pollfd, 2> events = {pollfd{process_.end_fd(), POLLIN, 0},
                                    pollfd{terminal_.get(), POLLIN, 0}};
    const timespec wait = absl::ToTimespec(duration);
    if (ppoll(events.data(), closed_ ? 1 : 2, &wait, nullptr) <= 0) return true;
    const bool heard = !closed_ && events[1].revents != 0 && Hear();
    return heard || events[0].revents == 0;
  }

  // Reads once. False when there is nothing to read any more.
  bool Hear() {
    std::array<char, kReadBytes> buffer;
    const ssize_t count = read(terminal_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return true;
    // EIO says that nobody has the terminal open any more.
    closed_ = count <= 0;
    if (closed_) return false;
    const absl::string_view words(buffer.data(), static_cast<size_t>(count));
    Show(words);
    dialog_.Add(words, Elapsed());
    return true;
  }

  absl::Duration Elapsed() const { return SystemClock().Monotonic() - start_; }

  Dialog dialog_;
  const FileDescriptor terminal_;
  Process process_;
  const absl::Duration start_;
  bool closed_ = false;
};

// The environment of this process, for a terminal that understands nothing but lines.
std::vector<std::string> EnvironmentForTerminal() {
  std::vector<std::string> environment = {"TERM=dumb"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (absl::string_view(*entry).substr(0, 5) != "TERM=") environment.emplace_back(*entry);
  }
  return environment;
}

absl::StatusOr<int> Run(const std::vector<std::string>& words) {
  ASSIGN_OR_RETURN(DialogArguments arguments, ParseDialogArguments(words));
  ASSIGN_OR_RETURN(PseudoTerminal terminal, OpenPseudoTerminal());
  std::array<char, 4096> folder{};
  if (getcwd(folder.data(), folder.size()) == nullptr) return PosixError("getcwd", errno);
  ProcessCommand command;
  command.argv = arguments.command;
  command.environment = EnvironmentForTerminal();
  command.working_directory = folder.data();
  command.input_fd = terminal.program.get();
  command.output_fd = terminal.program.get();
  command.controlling_terminal = true;
  command.dies_with_parent = true;
  ASSIGN_OR_RETURN(Process process, Process::Spawn(command));
  terminal.program.Close();
  return Driver(Dialog(std::move(arguments.dialog), arguments.timeout), std::move(terminal.driver),
                std::move(process))
      .Run();
}

}  // namespace

int RunDialog(const std::vector<std::string>& words) {
  const absl::StatusOr<int> exit_code = Run(words);
  if (exit_code.ok()) return *exit_code;
  Show(absl::StrCat("\nbaton-agent: the dialog was stopped: ", exit_code.status().message(), "\n"));
  return kDialogStoppedExitCode;
}

}  // namespace baton
