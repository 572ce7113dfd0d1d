#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace baton {

// A file that is only ever appended to. Not thread-safe. Closed when destroyed, which syncs
// nothing.
class AppendFile {
 public:
  virtual ~AppendFile() = default;

  // Adds `data` at the end. RESOURCE_EXHAUSTED when the disk is full. After an error the tail of
  // the file is undefined: this object must not be used again.
  virtual absl::Status Append(absl::string_view data) = 0;

  // Returns once everything in the file, also what others wrote before, survives a power cut. After
  // an error it is unknown what does, and a second Sync would not tell (the system forgets pages
  // that it could not write): this object must not be used again.
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
// Errors are `PosixError`s that name the path: NOT_FOUND where a path or a folder on the way to it
// does not exist, FAILED_PRECONDITION where it is of another kind than the call needs,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED when the disk is full. What creates gives exactly the
// permission bits asked for, whatever the umask. Thread-safe.
class FileSystem {
 public:
  static constexpr size_t kFolderNamesMax = 100'000;

  virtual ~FileSystem() = default;

  // Reads a whole file; follows symbolic links. NOT_FOUND if it does not exist; FAILED_PRECONDITION
  // if it is not a regular file; OUT_OF_RANGE if it is larger than `size_bytes_max`, in which case
  // nothing was read into memory beyond that limit.
  virtual absl::StatusOr<std::string> ReadFile(const std::string& path,
                                               uint64_t size_bytes_max) = 0;

  // Opens a file for appending and creates it with `mode` if it does not exist. A created file is
  // not durable before `SyncFolder`. FAILED_PRECONDITION if the path is a symbolic link or not a
  // regular file.
  virtual absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                                    uint32_t mode) = 0;

  // Writes `data` to a new file with `mode` and syncs it; its name is not durable before
  // `SyncFolder`. ALREADY_EXISTS if anything is at the path, a symbolic link too. After any other
  // error a part of the file may exist.
  virtual absl::Status CreateFile(const std::string& path, absl::string_view data,
                                  uint32_t mode) = 0;

  // Gives a regular file its owner, group and permission bits and syncs it. FAILED_PRECONDITION if
  // the path is a symbolic link.
  virtual absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                                       uint32_t mode) = 0;

  // Atomically gives the file `from` the name `to`, in the same file system, in place of the file
  // that had it. Not durable before `SyncFolder`.
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;

  // Cuts a file to `size_bytes` and syncs it. INVALID_ARGUMENT if that is more than it has;
  // FAILED_PRECONDITION if the path is a symbolic link.
  virtual absl::Status Truncate(const std::string& path, uint64_t size_bytes) = 0;

  // Removes a file; of a symbolic link the link. NOT_FOUND if it does not exist. Not durable before
  // `SyncFolder`.
  virtual absl::Status Remove(const std::string& path) = 0;

  // Makes creations, renames and removals in a folder survive a power cut.
  virtual absl::Status SyncFolder(const std::string& folder) = 0;

  // Creates a folder and its missing parents, all with `mode`, durably; ok if it exists.
  virtual absl::Status CreateFolders(const std::string& folder, uint32_t mode) = 0;

  // Names in a folder, sorted, without "." and "..". OUT_OF_RANGE if there are more than
  // `kFolderNamesMax`.
  virtual absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) = 0;

  // Describes a path and does not follow a symbolic link in its last part. NOT_FOUND if nothing is
  // there.
  virtual absl::StatusOr<FileInfo> Describe(const std::string& path) = 0;
};

// The file system of this machine. Never destroyed.
FileSystem& PosixFileSystem();

// The folder that holds `path`: "/var" of "/var/x", "/" of "/x", "." of "x".
std::string ParentFolder(absl::string_view path);

// Writes `data` beside `path`, syncs it, renames it over `path` and syncs the folder: after a crash
// the file has either its old or its new bytes. The file gets `mode`. After an error the file
// beside it is removed; which bytes `path` has then is known (the old ones) unless only the
// folder's sync failed. What a crash left beside it is replaced by the next call. Errors as those
// of CreateFile, Rename and SyncFolder, after "write PATH: ". REQUIRES: one writer of a path at a
// time.
absl::Status WriteFileAtomically(FileSystem& fs, const std::string& path, absl::string_view data,
                                 uint32_t mode);

// As WriteFileAtomically, for a file that is somebody else's: owner, group and mode stay. NOT_FOUND
// if there is no such file; FAILED_PRECONDITION for a symbolic link and anything else that is not a
// regular file.
absl::Status ReplaceFile(FileSystem& fs, const std::string& path, absl::string_view data);

// What WriteFileAtomically adds to `path` to name the file beside it. So particular that replacing
// a left-over never destroys a file of somebody else.
inline constexpr absl::string_view kTemporarySuffix = ".baton-new";

}  // namespace baton
