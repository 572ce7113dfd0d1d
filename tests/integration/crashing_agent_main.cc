// baton-agent that dies at a chosen entry of its operation log. The file `crash-at` beside its
// configuration names the step and the place: `repoint/fe2/rewrite accepted before`, where
// `accepted` or `ended` is the entry of the step's operation, and `before` or `after` the side of
// its being durable. Without that file it is baton-agent.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "agent/agent.h"
#include "agent/config/agent_config.h"
#include "agent/tools/supervisor.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "common/daemon/daemon.h"
#include "common/fs/file_system.h"
#include "common/fs/record_log_format.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/version/version.h"

namespace baton {
namespace {

struct CrashPoint {
  std::string step;  // empty: none
  std::string entry;
  std::string side;

  // Whether `record`, as it is appended to a record log, is the entry that is meant.
  bool IsAt(absl::string_view record) const {
    agent::v1::LogEntry found;
    if (step.empty() || record.size() < kRecordHeaderBytes ||
        !found.ParseFromString(std::string(record.substr(kRecordHeaderBytes)))) {
      return false;
    }
    const std::string& id = entry == "accepted"
                                ? found.operation_accepted().operation_id()
                                : found.operation_ended().operation().operation_id();
    return absl::StrContains(id, absl::StrCat("/", step, "/"));
  }
};

class CrashingFile : public AppendFile {
 public:
  CrashingFile(std::unique_ptr<AppendFile> file, const CrashPoint& point)
      : file_(std::move(file)), point_(point) {}

  absl::Status Append(absl::string_view data) override {
    const bool here = point_.IsAt(data);
    if (here && point_.side == "before") raise(SIGKILL);
    due_ = due_ || here;
    return file_->Append(data);
  }
  absl::Status Sync() override {
    absl::Status synced = file_->Sync();
    if (due_) raise(SIGKILL);
    return synced;
  }

 private:
  const std::unique_ptr<AppendFile> file_;
  const CrashPoint& point_;
  bool due_ = false;
};

// The files of this machine, but for the operation log.
class CrashingFiles : public FileSystem {
 public:
  explicit CrashingFiles(CrashPoint point) : point_(std::move(point)) {}

  absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                            uint32_t mode) override {
    ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> file, real_.OpenForAppend(path, mode));
    if (!absl::EndsWith(path, "/operations.log")) return file;
    return std::make_unique<CrashingFile>(std::move(file), point_);
  }
  absl::StatusOr<std::string> ReadFile(const std::string& path, uint64_t size_bytes_max) override {
    return real_.ReadFile(path, size_bytes_max);
  }
  absl::Status CreateFile(const std::string& path, absl::string_view data, uint32_t mode) override {
    return real_.CreateFile(path, data, mode);
  }
  absl::Status SetOwnerAndMode(const std::string& path, uint32_t owner, uint32_t group,
                               uint32_t mode) override {
    return real_.SetOwnerAndMode(path, owner, group, mode);
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return real_.Rename(from, to);
  }
  absl::Status Truncate(const std::string& path, uint64_t size_bytes) override {
    return real_.Truncate(path, size_bytes);
  }
  absl::Status Remove(const std::string& path) override { return real_.Remove(path); }
  absl::Status SyncFolder(const std::string& folder) override { return real_.SyncFolder(folder); }
  absl::Status CreateFolders(const std::string& folder, uint32_t mode) override {
    return real_.CreateFolders(folder, mode);
  }
  absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& folder) override {
    return real_.ListFolder(folder);
  }
  absl::StatusOr<FileInfo> Describe(const std::string& path) override {
    return real_.Describe(path);
  }

 private:
  FileSystem& real_ = PosixFileSystem();
  const CrashPoint point_;
};

absl::StatusOr<std::unique_ptr<Daemon>> StartCrashing(const std::string& path) {
  ASSIGN_OR_RETURN(const AgentConfig config, LoadAgentConfig(PosixFileSystem(), path));
  RETURN_IF_ERROR(ConfigureLog(config.daemon.log));
  CrashPoint point;
  std::ifstream(std::filesystem::path(path).parent_path() / "crash-at") >> point.step >>
      point.entry >> point.side;
  static auto* const kFiles = new CrashingFiles(std::move(point));  // the agent's threads use it
  return StartAgent(config, std::filesystem::read_symlink("/proc/self/exe"), *kFiles);
}

}  // namespace
}  // namespace baton

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "supervise") return baton::RunSupervisor(argv[2]);
  return baton::RunDaemon(argc, argv, {"baton-agent", baton::Version(), "", baton::StartCrashing});
}
