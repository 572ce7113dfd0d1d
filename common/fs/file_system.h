#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton {

// A file that is only ever appended to. Not thread-safe.
class AppendFile {
 public:
  virtual ~AppendFile() = default;

  // Adds `data` at the end. After an error the tail of the file is undefined and the file must not
  // be appended to again. RESOURCE_EXHAUSTED when the disk is full.
  virtual absl::Status Append(absl::string_view data) = 0;

  // Returns once everything appended so far survives a power cut.
  virtual absl::Status Sync() = 0;
};

// What is known of a path without reading it.
struct FileInfo {
  uint64_t size_bytes = 0;
  bool regular = false;  // a regular file; false for folders, devices, sockets and links
  bool symlink = false;  // the path itself is a symbolic link
  uint32_t mode = 0;     // permission bits, 07777
  uint32_t owner = 0;    // user id
  uint32_t group = 0;    // group id
};

// The one seam to files. The production implementation is `PosixFileSystem()`; tests and the
// simulator use `FakeFileSystem`, which can lose what was not synced and fail at the n-th call.
// Errors are `PosixError`s that name the path. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Reads a whole file. NOT_FOUND if it does not exist; OUT_OF_RANGE if it is larger than
  // `size_bytes_max`, in which case nothing was read into memory beyond that limit.
  virtual absl::StatusOr<std::string> ReadFile(const std::string& path,
                                               uint64_t size_bytes_max) = 0;

  // Opens a file for appending and creates it with `mode` if it does not exist. A created file is
  // not durable before `SyncFolder`.
  virtual absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                                    uint32_t mode) = 0;

  // Writes `data` to a new file with `mode` and syncs it. ALREADY_EXISTS if the path exists.
  virtual absl::Status CreateFile(const std::string& path, absl::string_view data,
                                  uint32_t mode) = 0;

  // Gives a file its owner, group and permission bits.
  virtual absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                                       uint32_t mode) = 0;

  // Atomically replaces `to` by `from`, both in the same file system.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;

  // Cuts a file to `size_bytes` and syncs it.
  virtual absl::Status Truncate(const std::string& path, uint64_t size_bytes) = 0;

  // Removes a file. NOT_FOUND if it does not exist.
  virtual absl::Status Remove(const std::string& path) = 0;

  // Makes creations, renames and removals in a folder survive a power cut.
  virtual absl::Status SyncFolder(const std::string& folder) = 0;

  // Creates a folder and its parents, with `mode`; ok if it exists.
  virtual absl::Status CreateFolders(const std::string& folder, uint32_t mode) = 0;

  // Names in a folder, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) = 0;

  // Describes a path and does not follow a symbolic link in its last part. NOT_FOUND if nothing is
  // there.
  virtual absl::StatusOr<FileInfo> Describe(const std::string& path) = 0;
};

// The file system of this machine. Never destroyed.
FileSystem& PosixFileSystem();

// Writes `data` beside `path`, syncs it, renames it over `path` and syncs the folder: after a crash
// the file has either its old or its new bytes. The file gets `mode`.
absl::Status WriteFileAtomically(FileSystem& fs, const std::string& path, absl::string_view data,
                                 uint32_t mode);

}  // namespace baton
