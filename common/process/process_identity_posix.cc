#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/process/file_descriptor.h"
#include "common/process/pidfd.h"
#include "common/process/process_identity.h"
#include "common/process/process_stat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// The files of /proc that are read here have far less than this.
constexpr size_t kProcFileBytesMax = 4096;

absl::StatusOr<std::string> ReadProcFile(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return PosixError(absl::StrCat("open ", path), errno);
  std::string text(kProcFileBytesMax, '\0');
  const ssize_t size = read(file.get(), text.data(), text.size());
  // A process that ends between open and read makes the read fail with ESRCH.
  if (size < 0 && errno == ESRCH) return PosixError(absl::StrCat("read ", path), ENOENT);
  if (size < 0) return PosixError(absl::StrCat("read ", path), errno);
  text.resize(static_cast<size_t>(size));
  return text;
}

absl::StatusOr<ProcessStat> ReadProcessStat(int64_t pid) {
  ASSIGN_OR_RETURN(const std::string text, ReadProcFile(absl::StrCat("/proc/", pid, "/stat")));
  return ParseProcessStat(text);
}

absl::StatusOr<std::string> ReadBootId() {
  ASSIGN_OR_RETURN(const std::string text, ReadProcFile("/proc/sys/kernel/random/boot_id"));
  return std::string(absl::StripAsciiWhitespace(text));
}

// The state of this very process. NOT_FOUND if it is gone or its pid belongs to another one.
absl::StatusOr<char> StateOf(const ProcessIdentity& identity) {
  const absl::Status gone =
      absl::NotFoundError(absl::StrCat("process ", identity.pid, " does not exist any more"));
  ASSIGN_OR_RETURN(const std::string boot_id, ReadBootId());
  if (boot_id != identity.boot_id) return gone;
  const absl::StatusOr<ProcessStat> stat = ReadProcessStat(identity.pid);
  if (absl::IsNotFound(stat.status())) return gone;
  if (!stat.ok()) return stat.status();
  if (stat->start_ticks != identity.start_ticks) return gone;
  return stat->state;
}

bool HasEnded(char state) { return state == 'Z' || state == 'X'; }

}  // namespace

absl::StatusOr<ProcessIdentity> IdentifyProcess(int64_t pid) {
  ASSIGN_OR_RETURN(const ProcessStat stat, ReadProcessStat(pid));
  ASSIGN_OR_RETURN(std::string boot_id, ReadBootId());
  return ProcessIdentity{pid, stat.start_ticks, std::move(boot_id)};
}

absl::StatusOr<bool> IsAlive(const ProcessIdentity& identity) {
  const absl::StatusOr<char> state = StateOf(identity);
  if (absl::IsNotFound(state.status())) return false;
  if (!state.ok()) return state.status();
  return !HasEnded(*state);
}

absl::Status SignalProcess(const ProcessIdentity& identity, int signal) {
  // The descriptor is opened before the identity is checked: it stays with the process that was
  // checked.
  const FileDescriptor process(pidfd_open(static_cast<pid_t>(identity.pid), 0));
  const int open_error = process.open() ? 0 : errno;
  ASSIGN_OR_RETURN(const char state, StateOf(identity));
  const std::string context = absl::StrCat("signal process ", identity.pid);
  if (HasEnded(state)) return absl::NotFoundError(absl::StrCat(context, ": it has ended"));
  if (!process.open()) return PosixError(context, open_error);
  if (pidfd_send_signal(process.get(), signal, nullptr, 0) == 0) return absl::OkStatus();
  if (errno == ESRCH) return absl::NotFoundError(absl::StrCat(context, ": it has ended"));
  return PosixError(context, errno);
}

absl::Status KillGroup(const ProcessIdentity& identity, int signal) {
  RETURN_IF_ERROR(StateOf(identity).status());
  if (kill(-static_cast<pid_t>(identity.pid), signal) == 0) return absl::OkStatus();
  const std::string context = absl::StrCat("signal process group ", identity.pid);
  if (errno == ESRCH) return absl::NotFoundError(absl::StrCat(context, ": it has ended"));
  return PosixError(context, errno);
}

}  // namespace baton
