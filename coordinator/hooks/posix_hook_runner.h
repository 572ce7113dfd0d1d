#pragma once

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/process/process_identity.h"
#include "common/sync/mutex.h"
#include "coordinator/hooks/hook_runner.h"

namespace baton {

// Runs hooks as processes of this machine, each in a session and process group of its own and with
// a thread that follows it. They die with this process. Thread-safe.
class PosixHookRunner : public HookRunner {
 public:
  // What must not appear in output; asked anew for each hook.
  using Secrets = std::function<std::vector<std::string>()>;

  explicit PosixHookRunner(Secrets secrets) : secrets_(std::move(secrets)) {}
  ~PosixHookRunner() override;

  PosixHookRunner(const PosixHookRunner&) = delete;
  PosixHookRunner& operator=(const PosixHookRunner&) = delete;

  absl::Status Check(const std::string& program) override;
  void Run(HookCommand command, OnOutput on_output, OnEnd on_end) override;

 private:
  // A hook that runs, or whose thread is not joined yet.
  struct Running {
    std::optional<ProcessIdentity> process;  // until it is collected
    bool ended = false;                      // the thread has nothing more to do
    std::thread thread;                      // joined by the next Run, or by the destructor
  };

  absl::StatusOr<journal::v1::HookResult> Follow(const HookCommand& command,
                                                 const OnOutput& on_output, Running& running);
  // Notes the process, or refuses it because everything ends.
  absl::Status Enter(const ProcessIdentity& process, Running& running);
  void Leave(Running& running);
  std::list<Running> TakeEnded();

  const Secrets secrets_;
  Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::list<Running> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
