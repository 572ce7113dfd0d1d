#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>

#include "common/process/pseudo_terminal.h"
#include "common/status/status.h"

namespace baton {
namespace {

// Wide enough that no tool breaks a question into lines.
constexpr unsigned short kRows = 50;
constexpr unsigned short kColumns = 1000;

absl::Status Configure(const FileDescriptor& program) {
  termios settings{};
  if (tcgetattr(program.get(), &settings) != 0) return PosixError("read its settings", errno);
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
  settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
  if (tcsetattr(program.get(), TCSANOW, &settings) != 0) return PosixError("set it up", errno);
  const winsize size{kRows, kColumns, 0, 0};
  if (ioctl(program.get(), TIOCSWINSZ, &size) != 0) return PosixError("set its size", errno);
  return absl::OkStatus();
}

absl::StatusOr<PseudoTerminal> Open() {
  PseudoTerminal terminal;
  terminal.driver = FileDescriptor(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.driver.open()) return PosixError("open", errno);
  std::array<char, 64> name{};
  if (grantpt(terminal.driver.get()) != 0 || unlockpt(terminal.driver.get()) != 0) {
    return PosixError("unlock", errno);
  }
  const int error = ptsname_r(terminal.driver.get(), name.data(), name.size());
  if (error != 0) return PosixError("name", error);
  terminal.program = FileDescriptor(open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.program.open()) return PosixError(name.data(), errno);
  const absl::Status configured = Configure(terminal.program);
  if (!configured.ok()) return configured;
  return terminal;
}

}  // namespace

absl::StatusOr<PseudoTerminal> OpenPseudoTerminal() {
  absl::StatusOr<PseudoTerminal> terminal = Open();
  if (!terminal.ok()) return Annotate(terminal.status(), "make a pseudo-terminal");
  return terminal;
}

}  // namespace baton
