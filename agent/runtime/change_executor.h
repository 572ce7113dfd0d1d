#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "agent/host/platform_configuration.h"
#include "agent/host/profile_initialization_probe.h"
#include "agent/operation/effects.h"
#include "agent/operation/events.h"
#include "agent/operation/sleeper.h"
#include "agent/platform/service_manager.h"
#include "agent/profile/profile.h"
#include "agent/tools/tool_runner.h"
#include "baton/plan/v1/host.pb.h"
#include "common/time/clock.h"

namespace baton {

// Carries out accepted changes on this host, one at a time: service goals, rewrites, restores,
// tools. Thread-safe.
class ChangeExecutor {
 public:
  // The host that is changed; all must outlive the executor.
  struct Platform {
    const Profile& profile;
    ServiceManager& services;
    ProfileInitializationProbe& initialization;
    PlatformConfiguration& configuration;
    ToolRunner& tools;
    Clock& clock;
    CancellableSleeper& sleeper;
  };

  explicit ChangeExecutor(const Platform& platform) : platform_(platform) {}

  // Does what `change` says and returns the ended operation: state, detail, end time and result.
  plan::v1::Operation Execute(const Change& change);

  // Waits for a tool that runs, and returns its ended operation. State INTERRUPTED if the sleeper
  // was cancelled: the tool goes on.
  plan::v1::Operation WaitForTool(const std::string& operation_id);

  // What the supervisor knows of an operation that is not ended in the log; nothing if it was no
  // tool, or has not run: then it never will under what is stored, which is removed.
  std::optional<RecoveredTool> Recover(const std::string& operation_id);

  // What the configuration file is and would become, and the run's backup; nothing if that cannot
  // be computed. REQUIRES: the change is a rewrite or a restore.
  std::optional<RewriteDigests> Digests(const Change& change);

 private:
  plan::v1::Operation SeekGoal(const plan::v1::ServiceGoal& goal);
  plan::v1::Operation Rewrite(const Change& change);
  plan::v1::Operation Restore(const Change& change);
  // Digest of the file as the action would leave it, which is `bytes` now.
  absl::StatusOr<std::string> DigestAfter(const plan::v1::Action& action, std::string bytes);
  plan::v1::Operation RunTool(const Change& change);
  absl::Status StartTool(const Change& change, const ToolSpec& spec);
  // Makes way for a tool that may run again under its id.
  void ForgetEarlierRun(const std::string& operation_id, const ToolSpec& spec);
  void RemoveFiles(const std::string& operation_id);
  // Sees to it that a tool that has not run never does. True if it has begun meanwhile.
  bool BeginsAfterAll(const std::string& operation_id, const ToolStatus& status);
  // The ended operation with its output's tail; nothing while the tool runs.
  std::optional<plan::v1::Operation> Outcome(const std::string& operation_id,
                                             const ToolStatus& status);
  absl::StatusOr<std::vector<Edit>> EditsOf(const plan::v1::Rewrite& rewrite) const;
  absl::Duration TimeoutOf(const plan::v1::ServiceGoal& goal) const;
  plan::v1::Operation Ended(plan::v1::OperationState state, std::string detail) const;

  const Platform platform_;
};

}  // namespace baton
