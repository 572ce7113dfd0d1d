#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "agent/configuration/edit.h"
#include "common/fs/file_system.h"

namespace baton {

// The platform's configuration file on this host. Backups and temporary files stand beside it, so
// its folder must be writable. Does not lock: one rewrite at a time, which the agent's rule of one
// changing operation per host gives. Errors name the path and never quote a value.
class ConfigurationFile {
 public:
  // Letters, digits, "-" and "_" of a backup's suffix: a run's id.
  static constexpr size_t kBackupSuffixBytesMax = 64;

  struct Snapshot {
    std::string bytes;
    std::string digest;  // DigestWithoutSecrets of `bytes`, 32 bytes
  };

  // What a rewrite or a restore came to.
  struct RewriteOutcome {
    std::string digest_before;  // as in a Snapshot
    std::string digest_after;   // equal to `digest_before` unless more than secrets changed
    // Of a rewrite that changed something, its backup's name beside the file. Of one that changed
    // nothing, the same if the suffix has a backup with the file's digest: an agent that died after
    // it replaced the file kept it. Else empty.
    std::string backup;
    bool changed = false;
  };

  // `fs` must outlive this object. The values at `secret_paths` are left out of digests.
  ConfigurationFile(FileSystem& fs, std::string path, std::vector<std::string> secret_paths = {});

  // The file as it is. NOT_FOUND if it does not exist; FAILED_PRECONDITION for a symbolic link,
  // anything else but a regular file, and more than kConfigurationBytesMax bytes (which are not
  // read).
  absl::StatusOr<Snapshot> Read();

  // Applies the edits, all or none, and atomically replaces the file; owner, group and mode stay.
  // Before that, the bytes of before are durable in `BackupPath(backup_suffix)`, mode 0600; a
  // backup that is there already stays as it is, so that the first capture of a run wins. The new
  // bytes are read back and compared.
  //
  // Errors are those of `Read`, `ConfigurationDocument::Parse` and `ApplyEdits`, and: ABORTED,
  // naming both digests, if the file's digest is not `expected_digest`, unless it already holds
  // every value, which is success without a change; ABORTED if it changes meanwhile;
  // INVALID_ARGUMENT for an `expected_digest` that is not 32 bytes or a malformed suffix. On any
  // error the file is untouched and the temporary file removed, except where the message says that
  // the new bytes are in place: then only their durability or the reading back failed.
  absl::StatusOr<RewriteOutcome> Rewrite(absl::string_view expected_digest,
                                         absl::Span<const Edit> edits,
                                         absl::string_view backup_suffix);

  // Puts back the bytes that the backup named `backup`, as a rewrite names it, holds; replaces the
  // file as `Rewrite` does, but keeps no backup of what it replaces: that is what a rewrite wrote,
  // and may hold a password that it wrote. Both digests are compared first. A file that has those
  // bytes already is success without a change. `suffix` tells temporary files apart.
  //
  // Errors are those of `Read`, of the backup too, and: ABORTED, naming both digests, if the file's
  // digest is not `expected_digest` or the backup's is not `restored_digest`, or the file changes
  // meanwhile; INVALID_ARGUMENT for a name that no backup of this file can have, a digest that is
  // not 32 bytes, or a malformed suffix. On any error the file is as `Rewrite` says.
  absl::StatusOr<RewriteOutcome> Restore(absl::string_view backup,
                                         absl::string_view expected_digest,
                                         absl::string_view restored_digest,
                                         absl::string_view suffix);

  // The backup of that name, read as the file is. Errors as `Restore`.
  absl::StatusOr<Snapshot> ReadBackup(absl::string_view backup);

  // DigestWithoutSecrets of what `bytes` become through the edits.
  absl::StatusOr<std::string> PlannedDigest(std::string bytes, absl::Span<const Edit> edits) const;

  // "server.hsconf.bak-SUFFIX" beside the file.
  std::string BackupPath(absl::string_view suffix) const;

  // The same without its folder: as outcomes name it.
  std::string BackupName(absl::string_view suffix) const;

 private:
  absl::StatusOr<FileInfo> Describe(const std::string& path);
  absl::StatusOr<Snapshot> ReadAt(const std::string& path);
  std::string FindBackup(absl::string_view suffix, const Snapshot& now);
  // The end of a rewrite and of a restore, `deed`: replacement, and reading back.
  absl::Status Put(const Snapshot& before, absl::string_view after, absl::string_view suffix,
                   absl::string_view deed);
  absl::Status KeepBackup(absl::string_view bytes, const std::string& backup_path);
  absl::Status Replace(const Snapshot& before, absl::string_view after,
                       const std::string& temporary_path);
  absl::Status Confirm(absl::string_view bytes);

  FileSystem& fs_;
  const std::string path_;
  const std::vector<std::string> secret_paths_;
};

}  // namespace baton
