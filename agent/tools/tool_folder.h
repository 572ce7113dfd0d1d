#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/process/file_descriptor.h"

namespace baton {

// The files of one tool, in `STATE/tools/NAME`. The agent writes the command's files and `command`
// and reserves the exit file, the supervisor writes the rest and removes the command's files. Their
// names are part of the state format.
class ToolFolder {
 public:
  explicit ToolFolder(std::string path) : path_(std::move(path)) {}

  // How the names of a command's files begin: "file.license".
  static constexpr absl::string_view kFilePrefix = "file.";

  const std::string& path() const { return path_; }
  std::string command() const { return path_ + "/command"; }
  std::string start() const { return path_ + "/start"; }
  std::string output() const { return path_ + "/output"; }
  std::string exit() const { return path_ + "/exit"; }
  // Becomes `exit`. It has blocks of the disk from before the start of the tool, so that a disk
  // that fills up does not cost the exit status.
  std::string reserved_exit() const { return path_ + "/exit.reserved"; }
  std::string file(absl::string_view name) const {
    return absl::StrCat(path_, "/", kFilePrefix, name);
  }
  // Locked as long as a supervisor lives.
  std::string lock() const { return path_ + "/lock"; }

 private:
  std::string path_;
};

// The lock of a tool's folder. The kernel releases it when the process that took it is gone,
// however it went. Held as long as the object lives.
class SupervisorLock {
 public:
  // ABORTED if somebody else holds it or the folder has been removed.
  static absl::StatusOr<SupervisorLock> Take(const ToolFolder& folder);

  // Whether somebody holds it. Asks without taking it.
  static absl::StatusOr<bool> IsHeld(const ToolFolder& folder);

 private:
  explicit SupervisorLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

// Writes `text` into the reserved exit file, makes it durable and gives it its final name. Needs no
// space on the disk. `text` must not be longer than kExitBytesMax.
absl::Status CommitExit(const ToolFolder& folder, absl::string_view text);

// Reads up to `bytes_max` bytes of the stored output from `offset` on; "" at its end, and if there
// is none yet.
absl::StatusOr<std::string> ReadOutputFile(const ToolFolder& folder, uint64_t offset,
                                           uint64_t bytes_max);

// Removes the command's files, and what a crash left of writing them. Ok if there are none, or no
// folder.
absl::Status RemoveToolFiles(const ToolFolder& folder);

// A descriptor from which a supervisor reads the secrets of its tool. They are in memory only, and
// go when the last copy of the descriptor does. Not open if there are no secrets.
absl::StatusOr<FileDescriptor> OpenSecrets(const std::vector<std::string>& secrets);

}  // namespace baton
