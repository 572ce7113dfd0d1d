#pragma once

#include <string>

#include "agent/tools/supervisor_launcher.h"
#include "agent/tools/tool_folder.h"
#include "agent/tools/tool_runner.h"
#include "common/fs/file_system.h"
#include "common/sync/mutex.h"

namespace baton {

// The newest tools whose folders are kept. Running ones are kept besides.
inline constexpr size_t kToolsKept = 100;

// Runs every tool under a supervisor of its own (supervisor.h) that keeps command, files, start,
// output and exit in `FOLDER/NAME`. All state is in these files, so that a new object takes up
// where an old one was killed. How supervisors are started is the launcher's affair.
class SupervisedToolRunner : public ToolRunner {
 public:
  // `folder` is made if it does not exist. One runner at a time uses it. The launcher must outlive
  // it.
  SupervisedToolRunner(std::string folder, SupervisorLauncher& launcher)
      : folder_(std::move(folder)), launcher_(launcher) {}

  absl::Status Start(const ToolCommand& command) override;
  absl::StatusOr<ToolStatus> Inspect(absl::string_view id) override;
  absl::StatusOr<std::string> ReadOutput(absl::string_view id, uint64_t offset,
                                         uint64_t bytes_max) override;
  absl::Status Kill(absl::string_view id) override;
  std::string FilePath(absl::string_view id, absl::string_view name) const override;
  absl::Status RemoveFiles(absl::string_view id) override;
  absl::Status Forget(absl::string_view id) override;

 private:
  ToolFolder FolderOf(absl::string_view id) const;
  absl::Status Store(const ToolFolder& folder, const ToolCommand& command);
  absl::Status RemoveOldTools();

  const std::string folder_;
  SupervisorLauncher& launcher_;
  Mutex mutex_;  // one change of the folder at a time
};

}  // namespace baton
