#include "tests/support/fake_file_system.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint64_t kUnlimited = std::numeric_limits<uint64_t>::max();

// SplitMix64: small, and the same everywhere, unlike the distributions of <random>.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  // Uniform enough in [0, end).
  size_t Below(size_t end) {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
    return static_cast<size_t>((mixed ^ (mixed >> 31U)) % end);
  }

 private:
  uint64_t state_;
};

absl::Status Fail(absl::string_view verb, const std::string& path, int error_number) {
  return PosixError(absl::StrCat(verb, " ", path), error_number);
}

// What the names in `folder` begin with.
std::string PrefixOf(const std::string& folder) { return folder == "/" ? "/" : folder + "/"; }

// Adds the names of `paths` (a map from path) that lie right in the folder.
template <typename Map>
void AddNames(const Map& paths, const std::string& prefix, std::vector<std::string>& names) {
  for (auto it = paths.lower_bound(prefix); it != paths.end(); ++it) {
    if (!absl::StartsWith(it->first, prefix)) break;
    const std::string name = it->first.substr(prefix.size());
    if (!name.empty() && !absl::StrContains(name, '/')) names.push_back(name);
  }
}

}  // namespace

struct FakeFileSystem::File {
  std::string data;
  size_t synced_bytes = 0;
  uint32_t mode = 0;
  uint32_t owner = 0;
  uint32_t group = 0;

  void Sync() { synced_bytes = data.size(); }

  // Keeps of the unsynced bytes a prefix, and of that the end as zeros or not.
  void Tear(Random& random) {
    const size_t unsynced_bytes = data.size() - synced_bytes;
    if (unsynced_bytes == 0) return;
    data.resize(synced_bytes + random.Below(unsynced_bytes + 1));
    if (random.Below(2) == 0) {
      const size_t zeros = random.Below(data.size() - synced_bytes + 1);
      std::fill(data.end() - static_cast<std::ptrdiff_t>(zeros), data.end(), '\0');
    }
  }
};

class FakeFileSystem::OpenFile : public AppendFile {
 public:
  OpenFile(FakeFileSystem& fs, FilePtr file, uint64_t incarnation)
      : fs_(fs), file_(std::move(file)), incarnation_(incarnation) {}

  absl::Status Append(absl::string_view data) override {
    const MutexLock lock(fs_.mutex_);
    RETURN_IF_ERROR(CheckAlive());
    return fs_.Write(data, *file_);
  }

  absl::Status Sync() override {
    const MutexLock lock(fs_.mutex_);
    RETURN_IF_ERROR(CheckAlive());
    RETURN_IF_ERROR(fs_.BeginMutation());
    file_->Sync();
    return absl::OkStatus();
  }

 private:
  absl::Status CheckAlive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(fs_.mutex_) {
    if (incarnation_ == fs_.incarnation_) return absl::OkStatus();
    return absl::FailedPreconditionError("file was opened before the crash");
  }

  FakeFileSystem& fs_;
  const FilePtr file_;
  const uint64_t incarnation_;
};

void FakeFileSystem::NameChange::ApplyTo(Files& files) const {
  if (!removed.empty()) files.erase(removed);
  if (!added.empty()) files[added] = file;
}

FakeFileSystem::FakeFileSystem()
    : folders_{{"/", 0755}}, space_bytes_(kUnlimited), first_failing_call_(kUnlimited) {}

FakeFileSystem::~FakeFileSystem() = default;

void FakeFileSystem::Crash() {
  const MutexLock lock(mutex_);
  for (const auto& [path, file] : durable_files_) file->data.resize(file->synced_bytes);
  Restart();
}

void FakeFileSystem::Crash(uint64_t seed) {
  const MutexLock lock(mutex_);
  Random random(seed);
  const size_t kept = random.Below(pending_.size() + 1);
  for (size_t i = 0; i < kept; ++i) pending_[i].ApplyTo(durable_files_);
  for (const auto& [path, file] : durable_files_) {
    file->Tear(random);
    file->Sync();
  }
  Restart();
}

void FakeFileSystem::Restart() {
  files_ = durable_files_;
  pending_.clear();
  ++incarnation_;
  fault_ = absl::OkStatus();
}

void FakeFileSystem::FailAt(uint64_t call, absl::Status error) {
  const MutexLock lock(mutex_);
  first_failing_call_ = call;
  last_failing_call_ = call;
  fault_ = std::move(error);
}

void FakeFileSystem::FailFrom(uint64_t call, absl::Status error) {
  const MutexLock lock(mutex_);
  first_failing_call_ = call;
  last_failing_call_ = kUnlimited;
  fault_ = std::move(error);
}

void FakeFileSystem::SetSpace(uint64_t size_bytes) {
  const MutexLock lock(mutex_);
  space_bytes_ = size_bytes;
}

uint64_t FakeFileSystem::mutating_calls() const {
  const MutexLock lock(mutex_);
  return mutating_calls_;
}

void FakeFileSystem::PutFile(const std::string& path, absl::string_view data, uint32_t mode) {
  const MutexLock lock(mutex_);
  AddFolders(ParentFolder(path), 0755);
  const FilePtr file = Add(path, mode);
  file->data = std::string(data);
  file->Sync();
  MakeNamesDurable(ParentFolder(path));
}

absl::StatusOr<std::string> FakeFileSystem::ReadFile(const std::string& path,
                                                     uint64_t size_bytes_max) {
  const MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const FilePtr file, Find("open", path));
  if (file->data.size() > size_bytes_max) {
    return absl::OutOfRangeError(
        absl::StrCat("read ", path, ": larger than the limit of ", size_bytes_max, " bytes"));
  }
  return file->data;
}

absl::StatusOr<std::unique_ptr<AppendFile>> FakeFileSystem::OpenForAppend(const std::string& path,
                                                                          uint32_t mode) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  RETURN_IF_ERROR(CheckFolder("open", path, ParentFolder(path)));
  absl::StatusOr<FilePtr> file = Find("open", path);
  if (absl::IsNotFound(file.status())) file = Add(path, mode);
  RETURN_IF_ERROR(file.status());
  return std::make_unique<OpenFile>(*this, *file, incarnation_);
}

absl::Status FakeFileSystem::CreateFile(const std::string& path, absl::string_view data,
                                        uint32_t mode) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckFolder("open", path, ParentFolder(path)));
  if (files_.contains(path) || folders_.contains(path)) return Fail("open", path, EEXIST);
  const FilePtr file = Add(path, mode);
  RETURN_IF_ERROR(Write(data, *file));
  file->Sync();
  return absl::OkStatus();
}

absl::Status FakeFileSystem::SetOwnerAndMode(const std::string& path, uint32_t owner,
                                             uint32_t group, uint32_t mode) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  ASSIGN_OR_RETURN(const FilePtr file, Find("open", path));
  file->owner = owner;
  file->group = group;
  file->mode = mode;
  file->Sync();
  return absl::OkStatus();
}

absl::Status FakeFileSystem::Rename(const std::string& from, const std::string& to) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  const std::string verb = absl::StrCat("rename ", from, " to");
  if (!files_.contains(from)) return Fail(verb, to, ENOENT);
  RETURN_IF_ERROR(CheckFolder(verb, to, ParentFolder(to)));
  if (folders_.contains(to)) return Fail(verb, to, EISDIR);
  if (from == to) return absl::OkStatus();
  const std::string folder = ParentFolder(from);
  const std::string to_folder = ParentFolder(to);
  // A change of two folders cannot be half durable: both are synced around it.
  if (folder != to_folder) {
    MakeNamesDurable(folder);
    MakeNamesDurable(to_folder);
  }
  Change({.folder = folder, .removed = from, .added = to, .file = files_.at(from)});
  if (folder != to_folder) MakeNamesDurable(folder);
  return absl::OkStatus();
}

absl::Status FakeFileSystem::Truncate(const std::string& path, uint64_t size_bytes) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  ASSIGN_OR_RETURN(const FilePtr file, Find("open", path));
  if (size_bytes > file->data.size()) {
    return absl::InvalidArgumentError(absl::StrCat("truncate ", path, " to ", size_bytes,
                                                   " bytes: it has only ", file->data.size()));
  }
  file->data.resize(size_bytes);
  file->Sync();
  return absl::OkStatus();
}

absl::Status FakeFileSystem::Remove(const std::string& path) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  RETURN_IF_ERROR(Find("remove", path).status());
  Change({.folder = ParentFolder(path), .removed = path, .added = "", .file = nullptr});
  return absl::OkStatus();
}

absl::Status FakeFileSystem::SyncFolder(const std::string& folder) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  RETURN_IF_ERROR(CheckFolder("open", folder, folder));
  MakeNamesDurable(folder);
  return absl::OkStatus();
}

absl::Status FakeFileSystem::CreateFolders(const std::string& folder, uint32_t mode) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(BeginMutation());
  for (std::string path = folder; path != "/" && path != "."; path = ParentFolder(path)) {
    if (files_.contains(path)) return Fail("create folder", path, ENOTDIR);
  }
  AddFolders(folder, mode);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FakeFileSystem::ListFolder(const std::string& folder) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckFolder("list", folder, folder));
  const std::string prefix = PrefixOf(folder);
  std::vector<std::string> names;
  AddNames(files_, prefix, names);
  AddNames(folders_, prefix, names);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<FileInfo> FakeFileSystem::Describe(const std::string& path) {
  const MutexLock lock(mutex_);
  if (const auto folder = folders_.find(path); folder != folders_.end()) {
    return FileInfo{.regular = false, .mode = folder->second};
  }
  ASSIGN_OR_RETURN(const FilePtr file, Find("stat", path));
  return FileInfo{.size_bytes = file->data.size(),
                  .regular = true,
                  .symlink = false,
                  .mode = file->mode,
                  .owner = file->owner,
                  .group = file->group};
}

absl::Status FakeFileSystem::BeginMutation() {
  ++mutating_calls_;
  if (mutating_calls_ < first_failing_call_ || mutating_calls_ > last_failing_call_) {
    return absl::OkStatus();
  }
  return fault_;
}

absl::Status FakeFileSystem::Write(absl::string_view data, File& file) {
  const absl::Status begun = BeginMutation();
  const size_t allowed = begun.ok() ? data.size() : data.size() / 2;
  const auto written = static_cast<size_t>(std::min<uint64_t>(allowed, space_bytes_));
  file.data.append(data.data(), written);
  if (space_bytes_ != kUnlimited) space_bytes_ -= written;
  RETURN_IF_ERROR(begun);
  return written == data.size() ? absl::OkStatus() : PosixError("write", ENOSPC);
}

absl::Status FakeFileSystem::CheckFolder(absl::string_view verb, const std::string& path,
                                         const std::string& folder) const {
  if (folders_.contains(folder)) return absl::OkStatus();
  return Fail(verb, path, files_.contains(folder) ? ENOTDIR : ENOENT);
}

absl::StatusOr<FakeFileSystem::FilePtr> FakeFileSystem::Find(absl::string_view verb,
                                                             const std::string& path) const {
  const auto found = files_.find(path);
  if (found != files_.end()) return found->second;
  if (folders_.contains(path)) return Fail(verb, path, EISDIR);
  return Fail(verb, path, ENOENT);
}

FakeFileSystem::FilePtr FakeFileSystem::Add(const std::string& path, uint32_t mode) {
  auto file = std::make_shared<File>();
  file->mode = mode;
  Change({.folder = ParentFolder(path), .removed = "", .added = path, .file = file});
  return file;
}

void FakeFileSystem::AddFolders(const std::string& folder, uint32_t mode) {
  std::string path = folder;
  while (folders_.emplace(path, mode).second) path = ParentFolder(path);
}

void FakeFileSystem::Change(NameChange change) {
  change.ApplyTo(files_);
  pending_.push_back(std::move(change));
}

void FakeFileSystem::MakeNamesDurable(absl::string_view folder) {
  const auto later =
      std::stable_partition(pending_.begin(), pending_.end(),
                            [folder](const NameChange& change) { return change.folder == folder; });
  for (auto change = pending_.begin(); change != later; ++change) change->ApplyTo(durable_files_);
  pending_.erase(pending_.begin(), later);
}

}  // namespace baton
