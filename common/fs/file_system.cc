#include "common/fs/file_system.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::Status CreateOverLeftover(FileSystem& fs, const std::string& path, absl::string_view data,
                                uint32_t mode) {
  absl::Status created = fs.CreateFile(path, data, mode);
  if (!absl::IsAlreadyExists(created)) return created;
  RETURN_IF_ERROR(fs.Remove(path));
  return fs.CreateFile(path, data, mode);
}

absl::Status CreateAndRename(FileSystem& fs, const std::string& temporary, const std::string& path,
                             absl::string_view data, uint32_t mode) {
  RETURN_IF_ERROR(CreateOverLeftover(fs, temporary, data, mode));
  return fs.Rename(temporary, path);
}

}  // namespace

std::string ParentFolder(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

absl::Status WriteFileAtomically(FileSystem& fs, const std::string& path, absl::string_view data,
                                 uint32_t mode) {
  const std::string context = absl::StrCat("write ", path);
  const std::string temporary = absl::StrCat(path, kTemporarySuffix);
  if (absl::Status written = CreateAndRename(fs, temporary, path, data, mode); !written.ok()) {
    // The first error is the one that matters; what cannot be removed now, the next call replaces.
    fs.Remove(temporary).IgnoreError();
    return Annotate(written, context);
  }
  return Annotate(fs.SyncFolder(ParentFolder(path)), context);
}

}  // namespace baton
