#include "agent/platform/outsystems_java/script_runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/tools/tool_words.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"

namespace baton {
namespace {

constexpr uint64_t kOutputBytesMax = 64 << 10;
constexpr absl::Duration kPollInterval = absl::Milliseconds(10);
// Beyond a script's time-out, for its supervisor to kill it and to say so.
constexpr absl::Duration kSupervisorGrace = absl::Seconds(30);

}  // namespace

// Reads of an agent that went before may still be there: counting on from the time avoids them.
ScriptRunner::ScriptRunner(std::unique_ptr<ToolRunner> tools)
    : tools_(std::move(tools)), next_read_(absl::ToUnixMicros(absl::Now())) {}

absl::StatusOr<std::string> ScriptRunner::Read(const ScriptCall& call) {
  std::string id;
  {
    const MutexLock lock(count_mutex_);
    id = absl::StrCat(call.name, "-", next_read_++);
  }
  RETURN_IF_ERROR(Start(id, call));
  ASSIGN_OR_RETURN(const bool ended, AwaitEnd(id, call.timeout + kSupervisorGrace));
  if (!ended) return absl::DeadlineExceededError("its supervisor does not end it");
  return Collect(id);
}

absl::Status ScriptRunner::Run(const ScriptCall& call) {
  const MutexLock lock(mutex_);
  const absl::Duration patience = call.timeout + kSupervisorGrace;
  absl::StatusOr<bool> ended = AwaitEnd(call.name, patience);
  if (ended.ok() && *ended) {
    Collect(call.name).IgnoreError();
  } else if (ended.ok()) {
    return absl::UnavailableError("an earlier one still runs");
  }
  RETURN_IF_ERROR(Start(call.name, call));
  ASSIGN_OR_RETURN(ended, AwaitEnd(call.name, patience));
  if (!*ended) return absl::DeadlineExceededError("its supervisor does not end it");
  return Collect(call.name).status();
}

absl::Status ScriptRunner::Request(const ScriptCall& call) {
  const MutexLock lock(mutex_);
  absl::StatusOr<bool> ended = AwaitEnd(call.name, absl::ZeroDuration());
  if (ended.ok() && !*ended) return absl::OkStatus();
  if (ended.ok()) {
    const absl::Status earlier = Collect(call.name).status();
    // That of an earlier agent is nobody's answer.
    if (unanswered_.erase(call.name) > 0) RETURN_IF_ERROR(earlier);
  }
  RETURN_IF_ERROR(Start(call.name, call));
  unanswered_.insert(call.name);
  ASSIGN_OR_RETURN(ended, AwaitEnd(call.name, kRequestPatience));
  if (!*ended) return absl::OkStatus();
  unanswered_.erase(call.name);
  return Collect(call.name).status();
}

absl::StatusOr<bool> ScriptRunner::IsRunning(const std::string& name) {
  const absl::StatusOr<ToolStatus> status = tools_->Inspect(name);
  if (absl::IsNotFound(status.status())) return false;
  RETURN_IF_ERROR(status.status());
  return status->state == ToolState::kRunning;
}

absl::Status ScriptRunner::Start(const std::string& id, const ScriptCall& call) {
  ToolCommand command;
  command.id = id;
  command.argv = call.argv;
  command.working_directory = call.working_directory;
  command.timeout = call.timeout;
  command.output_bytes_max = kOutputBytesMax;
  command.leaves_services = true;
  return tools_->Start(command);
}

absl::StatusOr<bool> ScriptRunner::AwaitEnd(const std::string& id, absl::Duration patience) {
  const absl::Duration deadline = SystemClock().Monotonic() + patience;
  while (true) {
    ASSIGN_OR_RETURN(const ToolStatus status, tools_->Inspect(id));
    if (status.state != ToolState::kRunning) return true;
    const absl::Duration left = deadline - SystemClock().Monotonic();
    if (left <= absl::ZeroDuration()) return false;
    absl::SleepFor(std::min(kPollInterval, left));
  }
}

absl::StatusOr<std::string> ScriptRunner::Collect(const std::string& id) {
  ASSIGN_OR_RETURN(const ToolStatus status, tools_->Inspect(id));
  ASSIGN_OR_RETURN(std::string output, tools_->ReadOutput(id, 0, kOutputBytesMax));
  RETURN_IF_ERROR(tools_->Forget(id));
  const absl::Status failure =
      status.exit.has_value()
          ? ExitStatus(*status.exit, output)
          : absl::InternalError("it and its supervisor are gone; nobody knows how it ended");
  if (failure.ok()) return output;
  LogWarning(absl::StrCat("script ", id, ": ", failure.message(), "; it printed:\n", output));
  return failure;
}

}  // namespace baton
