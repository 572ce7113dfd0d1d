#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/fs/file_system.h"
#include "common/sync/mutex.h"

namespace baton {

// Files in memory that forget on Crash() what was not synced, as a disk does at a power cut: bytes
// after a file's last sync, and creations, renames and removals after the folder's last SyncFolder.
// Takes absolute paths without a trailing slash. Knows no symbolic links. A rename between two
// folders is durable at once. Deterministic and cheap: nothing is copied but on reads. Thread-safe.
//
// Mutating calls are counted from 1: every call that changes or syncs, OpenForAppend too, whether
// it succeeds or not. A test runs once to learn their number, then once for each n with FailFrom(n,
// error) followed by Crash(seed).
class FakeFileSystem : public FileSystem {
 public:
  FakeFileSystem();
  ~FakeFileSystem() override;

  // Loses everything that was not synced. Files that are open are dead: their calls fail with
  // FAILED_PRECONDITION. Takes back FailAt and FailFrom; counter and SetSpace stay.
  void Crash();

  // As Crash, but a part that `seed` chooses had reached the disk without a sync: the first few of
  // the changes of names in their order, and of each file a prefix of the unsynced bytes, whose end
  // may be zeros.
  void Crash(uint64_t seed);

  // Makes the mutating call with this number fail once, or it and all later ones (the process
  // died). An Append or CreateFile that fails leaves half of its data; other calls change nothing.
  void FailAt(uint64_t call, absl::Status error);
  void FailFrom(uint64_t call, absl::Status error);

  // Lets `size_bytes` more be written; then the disk is full. Removing files gives nothing back.
  void SetSpace(uint64_t size_bytes);

  // The number of mutating calls so far.
  uint64_t mutating_calls() const;

  // Puts a file there that is durable, with its folders; no mutating call, needs no space.
  void PutFile(const std::string& path, absl::string_view data, uint32_t mode = 0600);

  absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t size_bytes_max) override;
  absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                            uint32_t mode) override;
  absl::Status CreateFile(const std::string& path, absl::string_view data, uint32_t mode) override;
  absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                               uint32_t mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Truncate(const std::string& path, uint64_t size_bytes) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status SyncFolder(const std::string& folder) override;
  absl::Status CreateFolders(const std::string& folder, uint32_t mode) override;
  absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) override;
  absl::StatusOr<FileInfo> Describe(const std::string& path) override;

 private:
  class OpenFile;
  struct File;
  using FilePtr = std::shared_ptr<File>;
  using Files = std::map<std::string, FilePtr>;

  // A change of names in one folder that is not durable yet. An empty path is none.
  struct NameChange {
    std::string folder;
    std::string removed;
    std::string added;
    FilePtr file;

    void ApplyTo(Files& files) const;
  };

  absl::Status BeginMutation() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Write(absl::string_view data, File& file) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Ok if `folder`, which a call on `path` needs, is one.
  absl::Status CheckFolder(absl::string_view verb, const std::string& path,
                           const std::string& folder) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<FilePtr> Find(absl::string_view verb, const std::string& path) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  FilePtr Add(const std::string& path, uint32_t mode) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddFolders(const std::string& folder, uint32_t mode) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Change(NameChange change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MakeNamesDurable(absl::string_view folder) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Starts the machine again with the durable names.
  void Restart() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  Files files_ ABSL_GUARDED_BY(mutex_);
  Files durable_files_ ABSL_GUARDED_BY(mutex_);
  std::vector<NameChange> pending_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint32_t> folders_ ABSL_GUARDED_BY(mutex_);  // durable at once; mode
  uint64_t incarnation_ ABSL_GUARDED_BY(mutex_) = 0;                 // raised by every crash
  uint64_t space_bytes_ ABSL_GUARDED_BY(mutex_);
  uint64_t mutating_calls_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t first_failing_call_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_failing_call_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status fault_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
