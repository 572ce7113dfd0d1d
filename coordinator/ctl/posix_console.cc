#include "coordinator/ctl/posix_console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::ctl {
namespace {

// Where the signal handler writes to. A handler has no other way to its surroundings; -1 while
// nobody catches interrupts.
volatile std::sig_atomic_t interrupt_pipe = -1;

constexpr char kInterrupted = 'i';
constexpr char kEnd = 'e';

void OnSignal(int) {
  const int saved = errno;
  // A full pipe means that an interrupt waits to be seen already.
  [[maybe_unused]] const ssize_t written = write(interrupt_pipe, &kInterrupted, 1);
  errno = saved;
}

// Turns SIGINT into calls on a thread.
class SignalInterrupts : public Console::Interrupts {
 public:
  explicit SignalInterrupts(std::function<void()> on_interrupt)
      : on_interrupt_(std::move(on_interrupt)) {
    if (pipe(pipe_.data()) != 0) return;  // Ctrl-C goes on ending the program
    thread_ = std::thread([this] { Run(); });
    interrupt_pipe = pipe_[1];
    struct sigaction action = {};
    action.sa_handler = OnSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, &before_);
  }

  ~SignalInterrupts() override {
    if (!thread_.joinable()) return;
    sigaction(SIGINT, &before_, nullptr);
    while (write(pipe_[1], &kEnd, 1) < 0 && errno == EINTR) {
    }
    thread_.join();
    interrupt_pipe = -1;
    close(pipe_[0]);
    close(pipe_[1]);
  }

  SignalInterrupts(const SignalInterrupts&) = delete;
  SignalInterrupts& operator=(const SignalInterrupts&) = delete;

 private:
  void Run() {
    for (char what = 0;;) {
      const ssize_t count = read(pipe_[0], &what, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || what == kEnd) return;
      on_interrupt_();
    }
  }

  const std::function<void()> on_interrupt_;
  std::array<int, 2> pipe_{-1, -1};
  struct sigaction before_ = {};
  std::thread thread_;
};

bool SizeOfTerminal(winsize& size) {
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
}

}  // namespace

void PosixConsole::Write(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PosixConsole::WriteError(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

bool PosixConsole::output_is_terminal() const {
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && terminal != nullptr && absl::string_view(terminal) != "dumb";
}

bool PosixConsole::has_colour() const {
  const char* no_colour = std::getenv("NO_COLOR");
  return output_is_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

bool PosixConsole::input_is_terminal() const { return isatty(STDIN_FILENO) != 0; }

int PosixConsole::width() const {
  winsize size = {};
  return SizeOfTerminal(size) ? size.ws_col : kDefaultWidth;
}

int PosixConsole::height() const {
  winsize size = {};
  return SizeOfTerminal(size) ? size.ws_row : kDefaultHeight;
}

absl::StatusOr<std::string> PosixConsole::ReadLine() {
  std::string line;
  for (int c = std::getchar(); c != '\n'; c = std::getchar()) {
    if (c == EOF) return absl::OutOfRangeError("the input ended");
    if (line.size() == kInputLineSizeMax) {
      return absl::OutOfRangeError(
          absl::StrCat("the line has more than ", kInputLineSizeMax, " bytes"));
    }
    line.push_back(static_cast<char>(c));
  }
  return line;
}

std::unique_ptr<Console::Interrupts> PosixConsole::CatchInterrupts(
    std::function<void()> on_interrupt) {
  return std::make_unique<SignalInterrupts>(std::move(on_interrupt));
}

}  // namespace baton::ctl
