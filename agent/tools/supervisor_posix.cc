#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/tools/output_recorder.h"
#include "agent/tools/supervisor.h"
#include "agent/tools/tool_command.h"
#include "agent/tools/tool_folder.h"
#include "agent/tools/tool_status.h"
#include "agent/tools/tool_watch.h"
#include "common/fs/file_system.h"
#include "common/process/process.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr uint32_t kFileMode = 0600;
// What a tool gets, whatever the agent has: tools write files that services of other users read.
constexpr mode_t kToolUmask = 022;
// How often, and how far apart, storing the exit is tried on a disk that fails.
constexpr int kCommitAttemptsMax = 600;
constexpr absl::Duration kCommitInterval = absl::Seconds(1);

absl::StatusOr<std::string> ReadStandardInput() {
  std::string text;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return PosixError("read the secrets", errno);
    text.append(buffer.data(), static_cast<size_t>(count));
    if (text.size() > kSecretsBytesMax) return absl::OutOfRangeError("the secrets are too long");
  }
}

absl::StatusOr<ToolCommand> ReadCommand(const ToolFolder& folder) {
  ASSIGN_OR_RETURN(const std::string input, ReadStandardInput());
  ASSIGN_OR_RETURN(std::vector<std::string> secrets, DecodeToolSecrets(input));
  ASSIGN_OR_RETURN(const std::string text,
                   PosixFileSystem().ReadFile(folder.command(), kCommandBytesMax));
  return DecodeToolCommand(text, std::move(secrets));
}

// Requests to kill the tool arrive as these signals. They are blocked and read from the descriptor.
absl::StatusOr<FileDescriptor> CatchRequests() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return PosixError("block signals", errno);
  signal(SIGHUP, SIG_IGN);
  FileDescriptor requests(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!requests.open()) return PosixError("open a signal descriptor", errno);
  return requests;
}

absl::Status StoreStart(const ToolFolder& folder, const ProcessIdentity& tool) {
  ToolStart start;
  ASSIGN_OR_RETURN(start.supervisor, IdentifyProcess(getpid()));
  start.tool = tool;
  start.start_time = absl::Now();
  return WriteFileAtomically(PosixFileSystem(), folder.start(), EncodeToolStart(start), kFileMode);
}

// A tool at work and all that its supervisor holds for it.
struct RunningTool {
  ToolCommand command;
  FileDescriptor requests;
  FileDescriptor output;
  std::unique_ptr<OutputRecorder> recorder;
  Process process;
};

// An error means that the tool has not run.
absl::StatusOr<RunningTool> StartTool(const ToolFolder& folder) {
  ASSIGN_OR_RETURN(FileDescriptor requests, CatchRequests());
  ASSIGN_OR_RETURN(ToolCommand command, ReadCommand(folder));
  ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> file,
                   PosixFileSystem().OpenForAppend(folder.output(), kFileMode));
  auto recorder =
      std::make_unique<OutputRecorder>(std::move(file), command.output_bytes_max, command.secrets);
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return PosixError("make a pipe", errno);
  FileDescriptor output(ends[0]);
  const FileDescriptor writer(ends[1]);
  // Only the reading end: a tool does not expect its output to refuse a write.
  if (fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return PosixError("prepare a pipe", errno);

  const ProcessCommand program{.argv = command.argv,
                               .environment = command.environment,
                               .working_directory = command.working_directory,
                               .output_fd = writer.get()};
  ASSIGN_OR_RETURN(Process process,
                   Process::Spawn(program, [&folder](const ProcessIdentity& identity) {
                     return StoreStart(folder, identity);
                   }));
  return RunningTool{std::move(command), std::move(requests), std::move(output),
                     std::move(recorder), std::move(process)};
}

absl::StatusOr<ToolExit> FollowTool(RunningTool& tool) {
  ToolWatch watch(tool.command, tool.process, tool.output, tool.requests, *tool.recorder);
  ASSIGN_OR_RETURN(ToolExit exit, watch.WaitForExit());
  const OutputRecorder::Summary output = tool.recorder->Finish();
  exit.output_bytes = output.bytes;
  exit.output_bytes_dropped = output.bytes_dropped;
  exit.output_error = std::string(output.error.message());
  return exit;
}

// What cannot be removed now, the agent removes when it learns of the end.
void RemoveFiles(const ToolFolder& folder) {
  const absl::Status removed = RemoveToolFiles(folder);
  if (removed.ok()) return;
  std::fprintf(stderr, "baton-agent supervise %s: %s\n", folder.path().c_str(),
               std::string(removed.message()).c_str());
}

absl::Status StoreExit(const ToolFolder& folder, const ToolExit& exit) {
  const std::string text = EncodeToolExit(exit);
  absl::Status status;
  for (int attempt = 0; attempt < kCommitAttemptsMax; ++attempt) {
    status = CommitExit(folder, text);
    // NOT_FOUND: somebody removed the folder, and with it the interest in the answer.
    if (status.ok() || absl::IsNotFound(status)) return status;
    absl::SleepFor(kCommitInterval);
  }
  return status;
}

absl::Status RefuseSecondRun(const ToolFolder& folder) {
  for (const std::string& path : {folder.start(), folder.exit()}) {
    const absl::Status status = PosixFileSystem().Describe(path).status();
    if (status.ok()) {
      return absl::FailedPreconditionError(absl::StrCat(path, " exists: the tool has run already"));
    }
    if (!absl::IsNotFound(status)) return status;
  }
  return absl::OkStatus();
}

absl::Status Supervise(const ToolFolder& folder) {
  ASSIGN_OR_RETURN(const SupervisorLock lock, SupervisorLock::Take(folder));
  RETURN_IF_ERROR(RefuseSecondRun(folder));
  absl::StatusOr<RunningTool> tool = StartTool(folder);
  ToolExit exit;
  if (tool.ok()) {
    ASSIGN_OR_RETURN(exit, FollowTool(*tool));
  } else {
    exit.start_error = std::string(tool.status().message());
  }
  exit.end_time = absl::Now();
  RemoveFiles(folder);
  return StoreExit(folder, exit);
}

}  // namespace

int RunSupervisor(const std::string& tool_folder) {
  umask(kToolUmask);
  const absl::Status status = Supervise(ToolFolder(tool_folder));
  if (status.ok()) return 0;
  std::fprintf(stderr, "baton-agent supervise %s: %s\n", tool_folder.c_str(),
               std::string(status.message()).c_str());
  return 1;
}

}  // namespace baton
