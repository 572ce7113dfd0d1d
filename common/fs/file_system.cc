#include "common/fs/file_system.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

// Nobody else reads a file before it is whose it will be.
constexpr uint32_t kUnfinishedMode = 0600;

absl::Status CreateOverLeftover(FileSystem& fs, const std::string& path, absl::string_view data,
                                uint32_t mode) {
  absl::Status created = fs.CreateFile(path, data, mode);
  if (!absl::IsAlreadyExists(created)) return created;
  RETURN_IF_ERROR(fs.Remove(path));
  return fs.CreateFile(path, data, mode);
}

// Creates the file beside `path`, lets `prepare` finish it, and gives it its name.
template <typename Prepare>
absl::Status WriteBeside(FileSystem& fs, const std::string& path, absl::string_view data,
                         uint32_t mode, const Prepare& prepare) {
  const std::string context = absl::StrCat("write ", path);
  const std::string temporary = absl::StrCat(path, kTemporarySuffix);
  absl::Status written = CreateOverLeftover(fs, temporary, data, mode);
  if (written.ok()) written = prepare(temporary);
  if (written.ok()) written = fs.Rename(temporary, path);
  if (!written.ok()) {
    // The first error is the one that matters; what cannot be removed now, the next call replaces.
    fs.Remove(temporary).IgnoreError();
    return Annotate(written, context);
  }
  return Annotate(fs.SyncFolder(ParentFolder(path)), context);
}

}  // namespace

std::string ParentFolder(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

absl::Status WriteFileAtomically(FileSystem& fs, const std::string& path, absl::string_view data,
                                 uint32_t mode) {
  return WriteBeside(fs, path, data, mode, [](const std::string&) { return absl::OkStatus(); });
}

absl::Status ReplaceFile(FileSystem& fs, const std::string& path, absl::string_view data) {
  ASSIGN_OR_RETURN(const FileInfo info, fs.Describe(path));
  if (!info.regular) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, info.symlink ? " is a symbolic link" : " is not a regular file"));
  }
  return WriteBeside(fs, path, data, kUnfinishedMode, [&](const std::string& temporary) {
    return fs.SetOwnerAndMode(temporary, info.owner, info.group, info.mode);
  });
}

}  // namespace baton
