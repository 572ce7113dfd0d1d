#include "agent/tools/supervised_tool_runner.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/tools/tool_name.h"
#include "common/log/log.h"
#include "common/process/process_identity.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kFolderMode = 0700;
constexpr uint32_t kFileMode = 0600;
constexpr absl::Duration kStartPollInterval = absl::Milliseconds(5);
constexpr absl::Duration kLockPollInterval = absl::Milliseconds(5);
// How long a supervisor may take to end once it has stored the exit: it syncs a folder.
constexpr absl::Duration kSupervisorEndTimeout = absl::Seconds(10);
// Folders on their way out get this before their name. No tool's name begins with a dot.
constexpr absl::string_view kForgottenPrefix = ".forgotten-";

std::string ContextOf(absl::string_view id) { return absl::StrCat("tool \"", id, "\""); }

absl::StatusOr<bool> Exists(const std::string& path) {
  const absl::Status status = PosixFileSystem().Describe(path).status();
  if (absl::IsNotFound(status)) return false;
  RETURN_IF_ERROR(status);
  return true;
}

absl::Status RequireStored(const ToolFolder& folder) {
  ASSIGN_OR_RETURN(const bool stored, Exists(folder.command()));
  return stored ? absl::OkStatus() : absl::NotFoundError("nothing is stored of it");
}

absl::StatusOr<std::optional<ToolStart>> ReadStart(const ToolFolder& folder) {
  const absl::StatusOr<std::string> text =
      PosixFileSystem().ReadFile(folder.start(), kCommandBytesMax);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  RETURN_IF_ERROR(text.status());
  return DecodeToolStart(*text);
}

absl::StatusOr<std::optional<ToolExit>> ReadExit(const ToolFolder& folder) {
  const absl::StatusOr<std::string> text =
      PosixFileSystem().ReadFile(folder.exit(), kCommandBytesMax);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  RETURN_IF_ERROR(text.status());
  return DecodeToolExit(*text);
}

// Whether somebody still works on the tool: its supervisor or, if that was killed, the tool alone.
absl::StatusOr<bool> IsAtWork(const ToolFolder& folder, const std::optional<ToolStart>& start) {
  ASSIGN_OR_RETURN(const bool supervised, SupervisorLock::IsHeld(folder));
  if (supervised || !start.has_value()) return supervised;
  return IsAlive(start->tool);
}

absl::StatusOr<ToolStatus> StatusOf(const ToolFolder& folder) {
  RETURN_IF_ERROR(RequireStored(folder));
  // Who is at work is asked first: whatever it stored before it went is then seen below.
  ASSIGN_OR_RETURN(const std::optional<ToolStart> seen, ReadStart(folder));
  ASSIGN_OR_RETURN(const bool at_work, IsAtWork(folder, seen));
  ToolStatus status;
  ASSIGN_OR_RETURN(status.start, ReadStart(folder));
  ASSIGN_OR_RETURN(status.exit, ReadExit(folder));
  if (status.exit.has_value()) {
    status.state = ToolState::kExited;
  } else if (at_work || status.start.has_value() != seen.has_value()) {
    status.state = ToolState::kRunning;
  } else {
    status.state = status.start.has_value() ? ToolState::kLost : ToolState::kNotStarted;
  }
  return status;
}

absl::Status WaitUntilBegun(const ToolFolder& folder) {
  const absl::Time deadline = absl::Now() + kSupervisorStartTimeout;
  while (true) {
    ASSIGN_OR_RETURN(const ToolStatus status, StatusOf(folder));
    if (status.start.has_value() || status.exit.has_value()) return absl::OkStatus();
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          "its supervisor did not begin within ", absl::FormatDuration(kSupervisorStartTimeout)));
    }
    absl::SleepFor(kStartPollInterval);
  }
}

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return PosixError(absl::StrCat("remove ", path), error.value());
  return absl::OkStatus();
}

// The lock of a tool that does not run. A supervisor that has just stored the exit still holds it.
absl::StatusOr<SupervisorLock> TakeLockOfEndedTool(const ToolFolder& folder) {
  const absl::Time deadline = absl::Now() + kSupervisorEndTimeout;
  absl::StatusOr<SupervisorLock> lock = SupervisorLock::Take(folder);
  while (absl::IsAborted(lock.status()) && absl::Now() < deadline) {
    absl::SleepFor(kLockPollInterval);
    lock = SupervisorLock::Take(folder);
  }
  return lock;
}

// Removes the folder of a tool that does not run. A crash leaves a folder that is no tool's any
// more.
absl::Status RemoveTool(const std::string& parent, const ToolFolder& folder) {
  ASSIGN_OR_RETURN(const ToolStatus status, StatusOf(folder));
  if (status.state == ToolState::kRunning) return absl::FailedPreconditionError("it runs");
  // A supervisor that is on its way finds the lock taken, and then the folder gone.
  ASSIGN_OR_RETURN(const SupervisorLock lock, TakeLockOfEndedTool(folder));
  const std::string name = std::filesystem::path(folder.path()).filename().string();
  const std::string forgotten = absl::StrCat(parent, "/", kForgottenPrefix, name);
  RETURN_IF_ERROR(RemoveTree(forgotten));
  RETURN_IF_ERROR(PosixFileSystem().Rename(folder.path(), forgotten));
  RETURN_IF_ERROR(PosixFileSystem().SyncFolder(parent));
  return RemoveTree(forgotten);
}

absl::Status StoreFiles(const ToolFolder& folder, const ToolCommand& command) {
  for (const ToolFile& file : command.files) {
    RETURN_IF_ERROR(
        WriteFileAtomically(PosixFileSystem(), folder.file(file.name), file.bytes, kFileMode));
  }
  return absl::OkStatus();
}

struct StoredTool {
  std::filesystem::file_time_type time;
  std::string path;
};

struct FolderContent {
  std::vector<StoredTool> tools;       // the newest first
  std::vector<std::string> leftovers;  // folders without a command: a crash left them
};

absl::StatusOr<FolderContent> ListTools(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, PosixFileSystem().ListFolder(folder));
  FolderContent content;
  for (const std::string& name : names) {
    std::string path = absl::StrCat(folder, "/", name);
    std::error_code error;
    const auto time = std::filesystem::last_write_time(ToolFolder(path).command(), error);
    if (error || absl::StartsWith(name, kForgottenPrefix)) {
      content.leftovers.push_back(std::move(path));
    } else {
      content.tools.push_back({time, std::move(path)});
    }
  }
  std::sort(content.tools.begin(), content.tools.end(),
            [](const StoredTool& a, const StoredTool& b) {
              return std::tie(a.time, a.path) > std::tie(b.time, b.path);
            });
  return content;
}

}  // namespace

absl::Status SupervisedToolRunner::Start(const ToolCommand& command) {
  RETURN_IF_ERROR(ValidateToolCommand(command));
  const std::string context = ContextOf(command.id);
  const ToolFolder folder = FolderOf(command.id);
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(Annotate(Store(folder, command), context));
  const absl::Status retention = RemoveOldTools();
  if (!retention.ok()) LogWarning(absl::StrCat("old tools are kept: ", retention.ToString()));

  const absl::StatusOr<FileDescriptor> secrets = OpenSecrets(command.secrets);
  if (!secrets.ok()) return Annotate(secrets.status(), context);
  RETURN_IF_ERROR(Annotate(launcher_.Launch(folder.path(), secrets->get()), context));
  return Annotate(WaitUntilBegun(folder), context);
}

absl::Status SupervisedToolRunner::Store(const ToolFolder& folder, const ToolCommand& command) {
  FileSystem& fs = PosixFileSystem();
  const std::string text = EncodeToolCommand(command);
  const absl::StatusOr<std::string> stored = fs.ReadFile(folder.command(), kCommandBytesMax);
  if (stored.ok()) {
    if (*stored != text) return absl::InvalidArgumentError("it is stored with another command");
    ASSIGN_OR_RETURN(const ToolStatus status, StatusOf(folder));
    if (status.state == ToolState::kNotStarted) return StoreFiles(folder, command);
    return absl::AlreadyExistsError("it has been started before");
  }
  if (!absl::IsNotFound(stored.status())) return stored.status();

  RETURN_IF_ERROR(fs.CreateFolders(folder.path(), kFolderMode));
  // The command comes last: without it, the folder is nothing.
  RETURN_IF_ERROR(StoreFiles(folder, command));
  // What a crash left may have less space than it should.
  const absl::Status removed = fs.Remove(folder.reserved_exit());
  if (!removed.ok() && !absl::IsNotFound(removed)) return removed;
  RETURN_IF_ERROR(
      fs.CreateFile(folder.reserved_exit(), std::string(kExitBytesMax, '\n'), kFileMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs, folder.command(), text, kFileMode));
  return fs.SyncFolder(folder_);
}

absl::StatusOr<ToolStatus> SupervisedToolRunner::Inspect(absl::string_view id) {
  absl::StatusOr<ToolStatus> status = StatusOf(FolderOf(id));
  if (!status.ok()) return Annotate(status.status(), ContextOf(id));
  return status;
}

absl::StatusOr<std::string> SupervisedToolRunner::ReadOutput(absl::string_view id, uint64_t offset,
                                                             uint64_t bytes_max) {
  const ToolFolder folder = FolderOf(id);
  RETURN_IF_ERROR(Annotate(RequireStored(folder), ContextOf(id)));
  return ReadOutputFile(folder, offset, std::min(bytes_max, kOutputBytesMaxMax));
}

absl::Status SupervisedToolRunner::Kill(absl::string_view id) {
  const ToolFolder folder = FolderOf(id);
  const absl::StatusOr<ToolStatus> status = StatusOf(folder);
  if (!status.ok()) return Annotate(status.status(), ContextOf(id));
  if (status->state != ToolState::kRunning) return absl::OkStatus();
  if (!status->start.has_value()) {
    return absl::UnavailableError(absl::StrCat(ContextOf(id), ": its supervisor has only begun"));
  }
  absl::Status killed = SignalProcess(status->start->supervisor, SIGTERM);
  if (absl::IsNotFound(killed)) killed = KillGroup(status->start->tool, SIGKILL);
  return absl::IsNotFound(killed) ? absl::OkStatus() : Annotate(killed, ContextOf(id));
}

std::string SupervisedToolRunner::FilePath(absl::string_view id, absl::string_view name) const {
  return FolderOf(id).file(name);
}

absl::Status SupervisedToolRunner::RemoveFiles(absl::string_view id) {
  const ToolFolder folder = FolderOf(id);
  const MutexLock lock(mutex_);
  const absl::StatusOr<ToolStatus> status = StatusOf(folder);
  if (!status.ok()) return Annotate(RemoveToolFiles(folder), ContextOf(id));
  if (status->state == ToolState::kRunning) {
    return absl::FailedPreconditionError(absl::StrCat(ContextOf(id), ": it runs"));
  }
  // A supervisor that begins just now keeps them.
  const absl::StatusOr<SupervisorLock> held = TakeLockOfEndedTool(folder);
  if (!held.ok()) return Annotate(held.status(), ContextOf(id));
  return Annotate(RemoveToolFiles(folder), ContextOf(id));
}

absl::Status SupervisedToolRunner::Forget(absl::string_view id) {
  const MutexLock lock(mutex_);
  return Annotate(RemoveTool(folder_, FolderOf(id)), ContextOf(id));
}

ToolFolder SupervisedToolRunner::FolderOf(absl::string_view id) const {
  return ToolFolder(absl::StrCat(folder_, "/", EncodeToolId(id)));
}

absl::Status SupervisedToolRunner::RemoveOldTools() {
  ASSIGN_OR_RETURN(const FolderContent content, ListTools(folder_));
  absl::Status first_error;
  for (const std::string& leftover : content.leftovers) first_error.Update(RemoveTree(leftover));
  for (size_t i = kToolsKept; i < content.tools.size(); ++i) {
    const absl::Status removed = RemoveTool(folder_, ToolFolder(content.tools[i].path));
    if (!absl::IsFailedPrecondition(removed)) first_error.Update(removed);
  }
  return first_error;
}

}  // namespace baton
