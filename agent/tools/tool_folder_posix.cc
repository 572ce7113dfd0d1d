#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/tools/tool_command.h"
#include "agent/tools/tool_folder.h"
#include "common/fs/file_system.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr mode_t kLockMode = 0600;

struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

absl::Status WriteAll(int fd, absl::string_view text, const std::string& path) {
  off_t offset = 0;
  while (!text.empty()) {
    const ssize_t count = pwrite(fd, text.data(), text.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return PosixError(absl::StrCat("write ", path), errno);
    offset += count;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SupervisorLock> SupervisorLock::Take(const ToolFolder& folder) {
  const std::string path = folder.lock();
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockMode));
  if (!file.open()) return PosixError(absl::StrCat("open ", path), errno);
  struct flock lock = WholeFile();
  if (fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno != EAGAIN && errno != EACCES) {
      return PosixError(absl::StrCat("lock ", path), errno);
    }
    return absl::AbortedError(absl::StrCat("lock ", path, ": another supervisor holds it"));
  }
  // Between open and lock the folder may have been removed, and a new one made in its place.
  struct stat info = {};
  if (fstat(file.get(), &info) != 0) return PosixError(absl::StrCat("describe ", path), errno);
  if (info.st_nlink == 0) return absl::AbortedError(absl::StrCat(path, " has been removed"));
  return SupervisorLock(std::move(file));
}

absl::StatusOr<bool> SupervisorLock::IsHeld(const ToolFolder& folder) {
  const std::string path = folder.lock();
  const FileDescriptor file(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.open() && errno == ENOENT) return false;
  if (!file.open()) return PosixError(absl::StrCat("open ", path), errno);
  struct flock lock = WholeFile();
  if (fcntl(file.get(), F_OFD_GETLK, &lock) != 0) {
    return PosixError(absl::StrCat("ask for the lock of ", path), errno);
  }
  return lock.l_type != F_UNLCK;
}

absl::Status CommitExit(const ToolFolder& folder, absl::string_view text) {
  const std::string path = folder.reserved_exit();
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.open()) return PosixError(absl::StrCat("open ", path), errno);
  // In place, into blocks that the file already has. What is left of the filling follows the
  // record's last line and is ignored.
  RETURN_IF_ERROR(WriteAll(file.get(), text, path));
  if (fdatasync(file.get()) != 0) return PosixError(absl::StrCat("sync ", path), errno);
  RETURN_IF_ERROR(PosixFileSystem().Rename(path, folder.exit()));
  return PosixFileSystem().SyncFolder(folder.path());
}

absl::StatusOr<std::string> ReadOutputFile(const ToolFolder& folder, uint64_t offset,
                                           uint64_t bytes_max) {
  const std::string path = folder.output();
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open() && errno == ENOENT) return std::string();
  if (!file.open()) return PosixError(absl::StrCat("open ", path), errno);
  std::string bytes(bytes_max, '\0');
  ssize_t count = 0;
  do {
    count = pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return PosixError(absl::StrCat("read ", path), errno);
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

absl::Status RemoveToolFiles(const ToolFolder& folder) {
  FileSystem& fs = PosixFileSystem();
  const absl::StatusOr<std::vector<std::string>> names = fs.ListFolder(folder.path());
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  RETURN_IF_ERROR(names.status());
  absl::Status first_error;
  for (const std::string& name : *names) {
    if (!absl::StartsWith(name, ToolFolder::kFilePrefix)) continue;
    const absl::Status removed = fs.Remove(absl::StrCat(folder.path(), "/", name));
    // Agent and supervisor may both be at it.
    if (!absl::IsNotFound(removed)) first_error.Update(removed);
  }
  return first_error;
}

absl::StatusOr<FileDescriptor> OpenSecrets(const std::vector<std::string>& secrets) {
  const std::string text = EncodeToolSecrets(secrets);
  if (text.empty()) return FileDescriptor();
  FileDescriptor file(memfd_create("baton-secrets", MFD_CLOEXEC));
  if (!file.open()) return PosixError("make a file in memory", errno);
  RETURN_IF_ERROR(WriteAll(file.get(), text, "secrets"));
  return file;
}

}  // namespace baton
