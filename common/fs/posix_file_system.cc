#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/fs/file_system.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint64_t kReadChunkBytes = uint64_t{64} << 10;
constexpr mode_t kPermissionBits = 07777;

// Calls a system function again as long as a signal interrupts it.
template <typename Call>
auto RetryOnSignal(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

// The status of a call that answers 0, or -1 and errno.
template <typename Call>
absl::Status StatusOfCall(absl::string_view verb, const std::string& path, Call call) {
  if (RetryOnSignal(call) == 0) return absl::OkStatus();
  return PosixError(absl::StrCat(verb, " ", path), errno);
}

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  // close is not repeated after EINTR: on Linux the descriptor is gone by then.
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

// O_NONBLOCK keeps the open of a FIFO that nobody has open at its other end from hanging; regular
// files ignore it.
absl::StatusOr<Descriptor> Open(const std::string& path, int flags, mode_t mode = 0) {
  const int fd =
      RetryOnSignal([&] { return open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, mode); });
  if (fd < 0) return PosixError(absl::StrCat("open ", path), errno);
  return Descriptor(fd);
}

absl::StatusOr<struct stat> DescribeRegular(const Descriptor& file, const std::string& path) {
  struct stat info {};
  RETURN_IF_ERROR(StatusOfCall("stat", path, [&] { return fstat(file.fd(), &info); }));
  if (!S_ISREG(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("open ", path, ": not a regular file"));
  }
  return info;
}

absl::StatusOr<Descriptor> OpenRegular(const std::string& path, int flags) {
  ASSIGN_OR_RETURN(Descriptor file, Open(path, flags));
  RETURN_IF_ERROR(DescribeRegular(file, path).status());
  return file;
}

absl::StatusOr<Descriptor> CreateExclusively(const std::string& path, int flags, uint32_t mode) {
  ASSIGN_OR_RETURN(Descriptor file, Open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  // The umask took bits away at open.
  RETURN_IF_ERROR(StatusOfCall("chmod", path, [&] { return fchmod(file.fd(), mode); }));
  return file;
}

absl::Status WriteAll(const Descriptor& file, const std::string& path, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t written =
        RetryOnSignal([&] { return write(file.fd(), data.data(), data.size()); });
    if (written < 0) return PosixError(absl::StrCat("write ", path), errno);
    data.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncAll(const Descriptor& file, const std::string& path) {
  return StatusOfCall("sync", path, [&] { return fsync(file.fd()); });
}

class PosixAppendFile : public AppendFile {
 public:
  PosixAppendFile(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  absl::Status Append(absl::string_view data) override { return WriteAll(file_, path_, data); }

  // fdatasync leaves out times alone; the new size is synced with the data.
  absl::Status Sync() override {
    return StatusOfCall("sync", path_, [this] { return fdatasync(file_.fd()); });
  }

 private:
  const Descriptor file_;
  const std::string path_;
};

absl::Status TooLarge(const std::string& path, uint64_t size_bytes_max) {
  return absl::OutOfRangeError(
      absl::StrCat("read ", path, ": larger than the limit of ", size_bytes_max, " bytes"));
}

// Reads to the end, whatever size the file said it had: it may grow meanwhile, and files of /proc
// say 0.
absl::StatusOr<std::string> ReadToEnd(const Descriptor& file, const std::string& path,
                                      uint64_t expected_bytes, uint64_t size_bytes_max) {
  std::string data;
  for (uint64_t size = 0;;) {
    const uint64_t expected = expected_bytes > size ? expected_bytes - size : kReadChunkBytes;
    // One byte above the limit is enough to know.
    const uint64_t wanted = std::min(expected, size_bytes_max - size) + 1;
    data.resize(size + wanted);
    const ssize_t got = RetryOnSignal([&] { return read(file.fd(), &data[size], wanted); });
    if (got < 0) return PosixError(absl::StrCat("read ", path), errno);
    size += static_cast<uint64_t>(got);
    if (size > size_bytes_max) return TooLarge(path, size_bytes_max);
    data.resize(size);
    if (got == 0) return data;
  }
}

absl::Status SyncFolderAt(const std::string& folder) {
  ASSIGN_OR_RETURN(const Descriptor opened, Open(folder, O_RDONLY | O_DIRECTORY));
  return SyncAll(opened, folder);
}

absl::Status CreateOneFolder(const std::string& folder, uint32_t mode) {
  if (mkdir(folder.c_str(), mode) == 0) {
    RETURN_IF_ERROR(StatusOfCall("chmod", folder, [&] { return chmod(folder.c_str(), mode); }));
    return SyncFolderAt(ParentFolder(folder));
  }
  const int error = errno;
  struct stat info {};
  if (stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return absl::OkStatus();
  return PosixError(absl::StrCat("create folder ", folder), error == EEXIST ? ENOTDIR : error);
}

class UnixFileSystem : public FileSystem {
 public:
  absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t size_bytes_max) override {
    ASSIGN_OR_RETURN(const Descriptor file, Open(path, O_RDONLY));
    ASSIGN_OR_RETURN(const struct stat info, DescribeRegular(file, path));
    const auto size = static_cast<uint64_t>(info.st_size);
    if (size > size_bytes_max) return TooLarge(path, size_bytes_max);
    return ReadToEnd(file, path, size, size_bytes_max);
  }

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                            uint32_t mode) override {
    absl::StatusOr<Descriptor> file = CreateExclusively(path, O_WRONLY | O_APPEND, mode);
    if (absl::IsAlreadyExists(file.status())) {
      file = OpenRegular(path, O_WRONLY | O_APPEND | O_NOFOLLOW);
    }
    RETURN_IF_ERROR(file.status());
    return std::make_unique<PosixAppendFile>(*std::move(file), path);
  }

  absl::Status CreateFile(const std::string& path, absl::string_view data, uint32_t mode) override {
    ASSIGN_OR_RETURN(const Descriptor file, CreateExclusively(path, O_WRONLY, mode));
    RETURN_IF_ERROR(WriteAll(file, path, data));
    return SyncAll(file, path);
  }

  absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                               uint32_t mode) override {
    ASSIGN_OR_RETURN(const Descriptor file, OpenRegular(path, O_RDONLY | O_NOFOLLOW));
    RETURN_IF_ERROR(StatusOfCall("chown", path, [&] { return fchown(file.fd(), owner, group); }));
    // After chown, which clears the set-user-id and set-group-id bits.
    RETURN_IF_ERROR(StatusOfCall("chmod", path, [&] { return fchmod(file.fd(), mode); }));
    return SyncAll(file, path);
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    return StatusOfCall(absl::StrCat("rename ", from, " to"), to,
                        [&] { return rename(from.c_str(), to.c_str()); });
  }

  absl::Status Truncate(const std::string& path, uint64_t size_bytes) override {
    ASSIGN_OR_RETURN(const Descriptor file, Open(path, O_WRONLY | O_NOFOLLOW));
    ASSIGN_OR_RETURN(const struct stat info, DescribeRegular(file, path));
    if (size_bytes > static_cast<uint64_t>(info.st_size)) {
      return absl::InvalidArgumentError(absl::StrCat("truncate ", path, " to ", size_bytes,
                                                     " bytes: it has only ", info.st_size));
    }
    RETURN_IF_ERROR(StatusOfCall(
        "truncate", path, [&] { return ftruncate(file.fd(), static_cast<off_t>(size_bytes)); }));
    return SyncAll(file, path);
  }

  absl::Status Remove(const std::string& path) override {
    return StatusOfCall("remove", path, [&] { return unlink(path.c_str()); });
  }

  absl::Status SyncFolder(const std::string& folder) override { return SyncFolderAt(folder); }

  absl::Status CreateFolders(const std::string& folder, uint32_t mode) override {
    // From the outermost one on; position 0 is the root, which exists.
    for (size_t end = 0; end != std::string::npos;) {
      end = folder.find('/', end + 1);
      RETURN_IF_ERROR(CreateOneFolder(folder.substr(0, end), mode));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(folder.c_str()), closedir);
    if (opened == nullptr) return PosixError(absl::StrCat("list ", folder), errno);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;  // readdir answers null at the end and on errors; only errno tells them apart
      const dirent* entry = readdir(opened.get());  // NOLINT(concurrency-mt-unsafe): own DIR
      if (entry == nullptr) break;
      const absl::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (names.size() == kFolderNamesMax) {
        return absl::OutOfRangeError(
            absl::StrCat("list ", folder, ": more than ", kFolderNamesMax, " names"));
      }
      names.emplace_back(name);
    }
    if (errno != 0) return PosixError(absl::StrCat("list ", folder), errno);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::StatusOr<FileInfo> Describe(const std::string& path) override {
    struct stat info {};
    RETURN_IF_ERROR(StatusOfCall("stat", path, [&] { return lstat(path.c_str(), &info); }));
    return FileInfo{.size_bytes = static_cast<uint64_t>(info.st_size),
                    .regular = S_ISREG(info.st_mode),
                    .symlink = S_ISLNK(info.st_mode),
                    .mode = info.st_mode & kPermissionBits,
                    .owner = info.st_uid,
                    .group = info.st_gid};
  }
};

}  // namespace

FileSystem& PosixFileSystem() {
  static auto* const file_system = new UnixFileSystem;
  return *file_system;
}

}  // namespace baton
