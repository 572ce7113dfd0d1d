// baton-coordinator that dies, or finds its disk full, at a chosen append to its journal. The file
// `crash-at` beside its configuration says which, counted from its start: `17 before`, `17 after`
// (the commit), or `17 full`. Without that file it is baton-coordinator. `appends` beside it holds
// how many there were.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/daemon/daemon.h"
#include "common/fs/file_system.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/version/version.h"
#include "coordinator/config/coordinator_config.h"
#include "coordinator/coordinator.h"
#include "coordinator/journal/sqlite_journal.h"
#include "tests/coordinator/journal/faulty_vfs.h"

namespace baton {
namespace {

// Not thread-safe but for Append, which the run's driver alone calls while crash tests look.
class CrashingJournal : public Journal {
 public:
  CrashingJournal(std::unique_ptr<Journal> journal, const std::filesystem::path& folder)
      : journal_(std::move(journal)), count_file_(folder / "appends") {
    std::ifstream(folder / "crash-at") >> crash_at_ >> side_;
  }

  absl::StatusOr<std::vector<StoredRecord>> Append(
      std::vector<journal::v1::Record> records) override {
    const bool here = ++appends_ == crash_at_;
    std::ofstream(count_file_) << appends_;
    if (here && side_ == "before") raise(SIGKILL);
    if (here && side_ == "full") FaultyVfs::FailWrites(1);
    absl::StatusOr<std::vector<StoredRecord>> stored = journal_->Append(std::move(records));
    if (here && side_ == "after") raise(SIGKILL);
    return stored;
  }
  absl::StatusOr<uint64_t> Scan(uint64_t after, size_t count_max, Taker take) override {
    return journal_->Scan(after, count_max, take);
  }
  plan::v1::Anchor End() override { return journal_->End(); }
  absl::Status BeginAt(const plan::v1::Anchor& anchor) override {
    return journal_->BeginAt(anchor);
  }
  absl::Status SavePlan(const plan::v1::Plan& plan) override { return journal_->SavePlan(plan); }
  absl::StatusOr<plan::v1::Plan> LoadPlan(absl::string_view plan_id) override {
    return journal_->LoadPlan(plan_id);
  }

 private:
  const std::unique_ptr<Journal> journal_;
  const std::filesystem::path count_file_;
  int appends_ = 0;
  int crash_at_ = 0;
  std::string side_;
};

absl::StatusOr<std::unique_ptr<Daemon>> StartCrashing(const std::string& path) {
  ASSIGN_OR_RETURN(const CoordinatorConfig config, LoadCoordinatorConfig(PosixFileSystem(), path));
  RETURN_IF_ERROR(ConfigureLog(config.daemon.log));
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return StartCoordinator(
      config,
      [&folder](const std::string& journal_path) -> absl::StatusOr<std::unique_ptr<Journal>> {
        ASSIGN_OR_RETURN(std::unique_ptr<Journal> journal, OpenSqliteJournal(journal_path));
        return std::make_unique<CrashingJournal>(std::move(journal), folder);
      });
}

}  // namespace
}  // namespace baton

int main(int argc, char** argv) {
  const baton::FaultyVfs vfs;
  return baton::RunDaemon(argc, argv,
                          {"baton-coordinator", baton::Version(), "", baton::StartCrashing});
}
