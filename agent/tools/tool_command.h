#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace baton {

// How long a tool has between SIGTERM and SIGKILL, unless its command says otherwise.
inline constexpr absl::Duration kDefaultKillGrace = absl::Seconds(10);
// How much of a tool's output is kept, unless its command says otherwise.
inline constexpr uint64_t kDefaultOutputBytesMax = 4 << 20;
// Limits of a command.
inline constexpr uint64_t kOutputBytesMaxMax = 64 << 20;
inline constexpr size_t kToolIdBytesMax = 1024;
inline constexpr size_t kCommandBytesMax = 256 << 10;
inline constexpr size_t kSecretsBytesMax = 128 << 10;
inline constexpr size_t kToolFilesBytesMax = 16 << 20;

// A file that a tool reads. The runner keeps it, under `name`, in the tool's folder until the tool
// has ended.
struct ToolFile {
  std::string name;  // of a-z, 0-9 and '_'
  std::string bytes;
};

// One run of a tool of the platform. The default exists for members that the caller need not care
// about; `id`, `argv` and `timeout` have to be given.
struct ToolCommand {
  std::string id;                 // the operation's id; one tool runs once per id
  std::vector<std::string> argv;  // argv[0] is the path of the program
  std::vector<std::string> environment = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"};
  std::string working_directory = "/";
  absl::Duration timeout;  // from the start until SIGTERM
  absl::Duration kill_grace = kDefaultKillGrace;
  uint64_t output_bytes_max = kDefaultOutputBytesMax;
  std::vector<int> success_exit_codes = {0};
  // Processes that it leaves behind are services that it was to start, and go on. Only the tool
  // itself is ended when its time is over. Else what is left of its process group is killed.
  bool leaves_services = false;

  // Parts of arguments and environment that never reach the disk: they stand in `argv` and
  // `environment` in full, but are left out of the stored command and masked in the stored output.
  std::vector<std::string> secrets;

  // What arguments name by ToolRunner::FilePath.
  std::vector<ToolFile> files;
};

// INVALID_ARGUMENT, naming the member, if a command cannot be run or exceeds a limit.
absl::Status ValidateToolCommand(const ToolCommand& command);

// The command as it is stored: everything but the secrets, whose places are marked, and the bytes
// of files, of which it has a digest. Equal commands have equal texts whatever their secrets are.
std::string EncodeToolCommand(const ToolCommand& command);

// Reads a stored command and puts the secrets back; files are left out. DATA_LOSS if the text is
// damaged, INVALID_ARGUMENT if it needs a secret that is not among `secrets`.
absl::StatusOr<ToolCommand> DecodeToolCommand(absl::string_view text,
                                              std::vector<std::string> secrets);

// Secrets on their way to the supervisor, through memory only.
std::string EncodeToolSecrets(const std::vector<std::string>& secrets);

// The secrets that EncodeToolSecrets wrote; none if `text` is empty. DATA_LOSS for anything else.
absl::StatusOr<std::vector<std::string>> DecodeToolSecrets(absl::string_view text);

}  // namespace baton
