#include "agent/configuration/file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/hash/sha256.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr size_t kDigestBytes = 32;
// The file can hold passwords, and its own mode is given to a copy only when that is complete.
constexpr uint32_t kPrivateMode = 0600;

// A file that is complete before it gets its name, and removed if it never gets it.
class StagedFile {
 public:
  StagedFile(FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;
  // An error here would hide the one that led here, and the next Write of this path removes the
  // file.
  ~StagedFile() {
    if (written_) fs_.Remove(path_).IgnoreError();
  }

  // Writes and syncs the bytes. What an agent that died here left behind is removed first.
  absl::Status Write(absl::string_view bytes) {
    absl::Status removed = fs_.Remove(path_);
    if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
    written_ = true;
    return fs_.CreateFile(path_, bytes, kPrivateMode);
  }

  absl::Status MoveTo(const std::string& path) {
    RETURN_IF_ERROR(fs_.Rename(path_, path));
    written_ = false;
    return absl::OkStatus();
  }

  const std::string& path() const { return path_; }

 private:
  FileSystem& fs_;
  const std::string path_;
  bool written_ = false;
};

constexpr absl::string_view kBackupInfix = ".bak-";

absl::Status CheckDigest(absl::string_view what, absl::string_view digest) {
  if (digest.size() == kDigestBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the ", what, " digest has ", digest.size(), " bytes, not ", kDigestBytes));
}

bool IsBackupSuffix(absl::string_view suffix) {
  return !suffix.empty() && suffix.size() <= ConfigurationFile::kBackupSuffixBytesMax &&
         std::all_of(suffix.begin(), suffix.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

absl::Status CheckBackupSuffix(absl::string_view backup_suffix) {
  if (IsBackupSuffix(backup_suffix)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("backup suffix \"", backup_suffix, "\": 1 to ",
                                                 ConfigurationFile::kBackupSuffixBytesMax,
                                                 " of letters, digits, - and _"));
}

// "server.hsconf" of "/platform/server.hsconf".
absl::string_view NameOf(absl::string_view path) { return path.substr(path.rfind('/') + 1); }

absl::StatusOr<std::string> EditBytes(const std::string& bytes, absl::Span<const Edit> edits) {
  ASSIGN_OR_RETURN(const ConfigurationDocument document, ConfigurationDocument::Parse(bytes));
  return ApplyEdits(document, edits);
}

absl::Status DigestError(absl::string_view path, absl::string_view found,
                         absl::string_view expected) {
  return absl::AbortedError(
      absl::StrCat(path, " has SHA-256 ", ToHex(found), ", not the expected ", ToHex(expected)));
}

}  // namespace

ConfigurationFile::ConfigurationFile(FileSystem& fs, std::string path,
                                     std::vector<std::string> secret_paths)
    : fs_(fs), path_(std::move(path)), secret_paths_(std::move(secret_paths)) {}

absl::StatusOr<ConfigurationFile::Snapshot> ConfigurationFile::Read() { return ReadAt(path_); }

absl::StatusOr<ConfigurationFile::Snapshot> ConfigurationFile::ReadAt(const std::string& path) {
  RETURN_IF_ERROR(Describe(path).status());
  ASSIGN_OR_RETURN(std::string bytes, fs_.ReadFile(path, kConfigurationBytesMax));
  std::string digest = DigestWithoutSecrets(bytes, secret_paths_);
  return Snapshot{std::move(bytes), std::move(digest)};
}

absl::StatusOr<ConfigurationFile::RewriteOutcome> ConfigurationFile::Rewrite(
    absl::string_view expected_digest, absl::Span<const Edit> edits,
    absl::string_view backup_suffix) {
  RETURN_IF_ERROR(CheckDigest("expected", expected_digest));
  RETURN_IF_ERROR(CheckBackupSuffix(backup_suffix));
  ASSIGN_OR_RETURN(const Snapshot before, Read());
  const absl::StatusOr<std::string> after = EditBytes(before.bytes, edits);
  const bool changed = !after.ok() || *after != before.bytes;
  if (changed && before.digest != expected_digest) {
    return DigestError(path_, before.digest, expected_digest);
  }
  if (!after.ok()) return Annotate(after.status(), path_);
  if (!changed) {
    return RewriteOutcome{before.digest, before.digest, FindBackup(backup_suffix, before), false};
  }
  const std::string backup_path = BackupPath(backup_suffix);
  RETURN_IF_ERROR(Annotate(KeepBackup(before.bytes, backup_path), absl::StrCat("back up ", path_)));
  RETURN_IF_ERROR(Put(before, *after, backup_suffix, "rewrite"));
  return RewriteOutcome{before.digest, DigestWithoutSecrets(*after, secret_paths_),
                        BackupName(backup_suffix), true};
}

absl::StatusOr<ConfigurationFile::RewriteOutcome> ConfigurationFile::Restore(
    absl::string_view backup, absl::string_view expected_digest, absl::string_view restored_digest,
    absl::string_view suffix) {
  RETURN_IF_ERROR(CheckDigest("expected", expected_digest));
  RETURN_IF_ERROR(CheckDigest("restored", restored_digest));
  RETURN_IF_ERROR(CheckBackupSuffix(suffix));
  ASSIGN_OR_RETURN(const Snapshot after, ReadBackup(backup));
  if (after.digest != restored_digest) return DigestError(backup, after.digest, restored_digest);
  ASSIGN_OR_RETURN(const Snapshot before, Read());
  if (before.bytes == after.bytes) return RewriteOutcome{before.digest, before.digest, "", false};
  if (before.digest != expected_digest) return DigestError(path_, before.digest, expected_digest);
  RETURN_IF_ERROR(Put(before, after.bytes, suffix, "restore"));
  return RewriteOutcome{before.digest, after.digest, "", true};
}

absl::StatusOr<ConfigurationFile::Snapshot> ConfigurationFile::ReadBackup(
    absl::string_view backup) {
  // Taken apart and put together again: no other name leads to a path.
  absl::string_view suffix = backup;
  const bool ours =
      absl::ConsumePrefix(&suffix, NameOf(path_)) && absl::ConsumePrefix(&suffix, kBackupInfix);
  if (ours && IsBackupSuffix(suffix)) return ReadAt(BackupPath(suffix));
  return absl::InvalidArgumentError(
      absl::StrCat("\"", backup, "\" is no name of a backup of ", path_));
}

absl::Status ConfigurationFile::Put(const Snapshot& before, absl::string_view after,
                                    absl::string_view suffix, absl::string_view deed) {
  const std::string temporary_path = absl::StrCat(path_, ".new-", suffix);
  RETURN_IF_ERROR(Annotate(Replace(before, after, temporary_path), absl::StrCat(deed, " ", path_)));
  return Annotate(Confirm(after),
                  absl::StrCat(deed, " ", path_, ": the new bytes are in place, but"));
}

absl::StatusOr<std::string> ConfigurationFile::PlannedDigest(std::string bytes,
                                                             absl::Span<const Edit> edits) const {
  return baton::PlannedDigest(std::move(bytes), edits, secret_paths_);
}

std::string ConfigurationFile::BackupPath(absl::string_view suffix) const {
  return absl::StrCat(path_, kBackupInfix, suffix);
}

std::string ConfigurationFile::BackupName(absl::string_view suffix) const {
  return std::string(NameOf(BackupPath(suffix)));
}

std::string ConfigurationFile::FindBackup(absl::string_view suffix, const Snapshot& now) {
  std::string name = BackupName(suffix);
  const absl::StatusOr<Snapshot> backup = ReadBackup(name);
  return backup.ok() && backup->digest == now.digest ? name : "";
}

absl::StatusOr<FileInfo> ConfigurationFile::Describe(const std::string& path) {
  ASSIGN_OR_RETURN(const FileInfo info, fs_.Describe(path));
  if (info.symlink) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is a symbolic link"));
  }
  if (!info.regular) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  if (info.size_bytes > kConfigurationBytesMax) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " has ", info.size_bytes, " bytes; the limit is ", kConfigurationBytesMax));
  }
  return info;
}

absl::Status ConfigurationFile::KeepBackup(absl::string_view bytes,
                                           const std::string& backup_path) {
  const absl::StatusOr<FileInfo> existing = fs_.Describe(backup_path);
  if (existing.ok()) {
    if (existing->regular) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(backup_path, " is not a regular file"));
  }
  if (!absl::IsNotFound(existing.status())) return existing.status();
  // A backup cut short by a crash must not pass for the first capture.
  StagedFile staged(fs_, absl::StrCat(backup_path, ".new"));
  RETURN_IF_ERROR(staged.Write(bytes));
  return staged.MoveTo(backup_path);
}

absl::Status ConfigurationFile::Replace(const Snapshot& before, absl::string_view after,
                                        const std::string& temporary_path) {
  ASSIGN_OR_RETURN(const FileInfo info, Describe(path_));
  StagedFile staged(fs_, temporary_path);
  RETURN_IF_ERROR(staged.Write(after));
  RETURN_IF_ERROR(fs_.SetOwnerAndMode(staged.path(), info.owner, info.group, info.mode));
  // The backup's name must be durable before the bytes that it keeps go.
  RETURN_IF_ERROR(fs_.SyncFolder(ParentFolder(path_)));
  // Others may write the file too; this leaves them no more than the moment before the rename.
  ASSIGN_OR_RETURN(const Snapshot now, Read());
  if (now.bytes != before.bytes) return DigestError(path_, now.digest, before.digest);
  return staged.MoveTo(path_);
}

absl::Status ConfigurationFile::Confirm(absl::string_view bytes) {
  RETURN_IF_ERROR(fs_.SyncFolder(ParentFolder(path_)));
  ASSIGN_OR_RETURN(const Snapshot now, Read());
  if (now.bytes == bytes) return absl::OkStatus();
  return DigestError(path_, now.digest, DigestWithoutSecrets(std::string(bytes), secret_paths_));
}

}  // namespace baton
