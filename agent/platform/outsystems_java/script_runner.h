#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/tools/tool_runner.h"
#include "common/sync/mutex.h"

namespace baton {

// One call of a script of the platform.
struct ScriptCall {
  std::string name;  // "start-CONTROLLER"
  std::vector<std::string> argv;
  std::string working_directory = "/";
  absl::Duration timeout;  // after which the script, and it alone, is killed
};

// Runs the platform's scripts outside of the agent, under supervisors of their own as tools are:
// what they start goes on when the agent restarts, and they do not have the agent's limits. What a
// script that failed has printed is in the agent's log. Thread-safe.
class ScriptRunner {
 public:
  // How long Request waits.
  static constexpr absl::Duration kRequestPatience = absl::Seconds(5);

  // The runner's folder must be of its own: ids there are names of calls.
  explicit ScriptRunner(std::unique_ptr<ToolRunner> tools);

  // Runs a script that only reads, any number at a time, and returns what it printed. INTERNAL with
  // exit and last line if it fails, DEADLINE_EXCEEDED if it had to be killed; errors of
  // ToolRunner::Start if it cannot be run.
  absl::StatusOr<std::string> Read(const ScriptCall& call);

  // Runs a script to its end, one at a time. One of that name which an earlier agent began is
  // waited for first. Errors as those of Read.
  absl::Status Run(const ScriptCall& call);

  // Begins a script that may take its time: ok also if it still runs after kRequestPatience, or
  // does since an earlier request. If it fails later, that is the answer to the next request of its
  // name. Errors as those of Read.
  absl::Status Request(const ScriptCall& call);

  // Whether a script of that name that was requested still runs.
  absl::StatusOr<bool> IsRunning(const std::string& name);

 private:
  absl::Status Start(const std::string& id, const ScriptCall& call);
  // Waits until the tool does not run. False if it still does after `patience`.
  absl::StatusOr<bool> AwaitEnd(const std::string& id, absl::Duration patience);
  // What became of a script that has ended. Forgets it.
  absl::StatusOr<std::string> Collect(const std::string& id);

  const std::unique_ptr<ToolRunner> tools_;
  Mutex count_mutex_;
  int64_t next_read_ ABSL_GUARDED_BY(count_mutex_);
  Mutex mutex_;                                               // one script that changes something
  std::set<std::string> unanswered_ ABSL_GUARDED_BY(mutex_);  // requests whose end is not known
};

}  // namespace baton
