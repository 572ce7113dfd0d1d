#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/operation/operation_core.h"
#include "agent/runtime/change_executor.h"
#include "agent/runtime/operation_log.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"

namespace baton {

// Drives the operation core: writes its log, carries changes out on one thread of its own, and
// answers the calls that wait. Thread-safe.
class AgentRuntime {
 public:
  // Opens the log in `log_path` and recovers. A log that cannot be read does not stop the agent: it
  // describes its host, and refuses every change with DATA_LOSS. Borrows the rest.
  AgentRuntime(OperationCore::Options options, FileSystem& fs, const std::string& log_path,
               ChangeExecutor& executor, CancellableSleeper& sleeper, Clock& clock);

  // Ends the thread; a tool that runs goes on under its supervisor.
  ~AgentRuntime();

  absl::StatusOr<plan::v1::Claim> Claim(const agent::v1::ClaimRequest& request);

  // A changing call: Submit, then Wait until it answers, or Abandon it.
  Token Submit(Change change);

  // The answer, if it comes within `timeout`. After it the token is forgotten.
  std::optional<absl::StatusOr<plan::v1::Operation>> Wait(Token token, absl::Duration timeout);

  // The caller is gone; what it started goes on.
  void Abandon(Token token);

  // The operation that the call is attached to, as soon as it is accepted.
  std::optional<plan::v1::Operation> Attached(Token token);

  // Adds what the core knows to a description of the host.
  void Describe(plan::v1::Host& host);

  // Whether an operation is under way.
  bool busy();

  // The newest assignment; empty if there is none.
  plan::v1::Assignment assignment();

 private:
  // A call that waits.
  struct Waiting {
    std::optional<plan::v1::Operation> attached;
    std::optional<absl::StatusOr<plan::v1::Operation>> answer;
    std::optional<absl::StatusOr<plan::v1::Claim>> claim;
  };
  using Job = std::variant<Begin, Reattach>;

  Effects Open(OperationCore::Options options, FileSystem& fs, const std::string& log_path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Carry(Effects effects) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(Append effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(Begin effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(Reattach effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(struct Attached effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(Answer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Effects Do(AnswerClaim effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunJobs();
  bool NextJob(Job& job);

  ChangeExecutor& executor_;
  CancellableSleeper& sleeper_;
  Clock& clock_;
  Mutex mutex_;
  CondVar changed_;
  std::unique_ptr<OperationLog> log_ ABSL_GUARDED_BY(mutex_);  // null if damaged
  std::unique_ptr<OperationCore> core_ ABSL_GUARDED_BY(mutex_);
  std::map<Token, Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::deque<Job> jobs_ ABSL_GUARDED_BY(mutex_);
  Token last_token_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // runs jobs; joined by the destructor
};

}  // namespace baton
