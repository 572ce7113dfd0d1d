#include "agent/runtime/agent_runtime.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/runtime/tool_outcome.h"
#include "common/log/log.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

// Operations that were accepted and have not ended, and whose supervisors may know more.
std::vector<RecoveredTool> FindTools(const std::vector<agent::v1::LogEntry>& entries,
                                     ChangeExecutor& executor) {
  std::vector<RecoveredTool> tools;
  for (const std::string& id : OpenOperations(entries)) {
    std::optional<RecoveredTool> tool = executor.Recover(id);
    if (tool.has_value()) tools.push_back(*std::move(tool));
  }
  return tools;
}

}  // namespace

AgentRuntime::AgentRuntime(OperationCore::Options options, FileSystem& fs,
                           const std::string& log_path, ChangeExecutor& executor,
                           CancellableSleeper& sleeper, Clock& clock)
    : executor_(executor), sleeper_(sleeper), clock_(clock) {
  MutexLock lock(mutex_);
  Carry(Open(std::move(options), fs, log_path));
  thread_ = std::thread(&AgentRuntime::RunJobs, this);
}

AgentRuntime::~AgentRuntime() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  sleeper_.Cancel();
  thread_.join();
}

Effects AgentRuntime::Open(OperationCore::Options options, FileSystem& fs,
                           const std::string& log_path) {
  absl::StatusOr<OperationLog::Opened> opened = OperationLog::Open(fs, log_path);
  absl::Status damage = opened.status();
  if (opened.ok()) {
    if (opened->torn_tail) LogWarning(absl::StrCat(log_path, ": a torn last entry was cut off"));
    absl::StatusOr<Recovery> recovery =
        OperationCore::Recover(options, opened->entries, FindTools(opened->entries, executor_));
    if (recovery.ok()) {
      log_ = std::make_unique<OperationLog>(std::move(opened->log));
      core_ = std::make_unique<OperationCore>(std::move(recovery->core));
      const absl::Status compacted = log_->CompactIfLarge(core_->state().Snapshot());
      if (!compacted.ok()) LogWarning(absl::StrCat("compacting: ", compacted.message()));
      return std::move(recovery->effects);
    }
    damage = recovery.status();
  }
  LogError(absl::StrCat("the agent changes nothing: ", damage.message()));
  core_ = std::make_unique<OperationCore>(OperationCore::Damaged(std::move(options), damage));
  return {};
}

// --- Calls --------------------------------------------------------------------------------------

absl::StatusOr<plan::v1::Claim> AgentRuntime::Claim(const agent::v1::ClaimRequest& request) {
  MutexLock lock(mutex_);
  const Token token = ++last_token_;
  waiting_[token];
  Carry(core_->OnClaim(token, request));
  while (!waiting_[token].claim.has_value()) changed_.Wait(mutex_);
  absl::StatusOr<plan::v1::Claim> claim = *std::move(waiting_[token].claim);
  waiting_.erase(token);
  return claim;
}

Token AgentRuntime::Submit(Change change) {
  if (ReplacesFile(change.action)) change.digests = executor_.Digests(change);
  MutexLock lock(mutex_);
  const Token token = ++last_token_;
  waiting_[token];
  Carry(core_->OnChange(
      token, std::move(change),
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(clock_.Now()))));
  return token;
}

std::optional<absl::StatusOr<plan::v1::Operation>> AgentRuntime::Wait(Token token,
                                                                      absl::Duration timeout) {
  MutexLock lock(mutex_);
  if (!waiting_[token].answer.has_value()) changed_.WaitFor(mutex_, timeout);
  std::optional<absl::StatusOr<plan::v1::Operation>> answer = waiting_[token].answer;
  if (answer.has_value()) waiting_.erase(token);
  return answer;
}

void AgentRuntime::Abandon(Token token) {
  MutexLock lock(mutex_);
  core_->OnDetached(token);
  waiting_.erase(token);
}

std::optional<plan::v1::Operation> AgentRuntime::Attached(Token token) {
  MutexLock lock(mutex_);
  const auto found = waiting_.find(token);
  return found == waiting_.end() ? std::nullopt : found->second.attached;
}

void AgentRuntime::Describe(plan::v1::Host& host) {
  MutexLock lock(mutex_);
  const DurableState& state = core_->state();
  if (state.assignment().has_value()) *host.mutable_assignment() = *state.assignment();
  if (state.claims().claim().has_value()) *host.mutable_claim() = *state.claims().claim();
  if (state.claims().anchor().has_value()) *host.mutable_anchor() = *state.claims().anchor();
  if (std::optional<plan::v1::Operation> running = core_->running(); running.has_value()) {
    *host.mutable_operation() = *std::move(running);
  }
}

bool AgentRuntime::busy() {
  MutexLock lock(mutex_);
  return core_->running().has_value();
}

plan::v1::Assignment AgentRuntime::assignment() {
  MutexLock lock(mutex_);
  return core_->state().assignment().value_or(plan::v1::Assignment());
}

// --- Effects ------------------------------------------------------------------------------------

void AgentRuntime::Carry(Effects effects) {
  std::deque<Effect> queue(std::make_move_iterator(effects.begin()),
                           std::make_move_iterator(effects.end()));
  while (!queue.empty()) {
    Effect effect = std::move(queue.front());
    queue.pop_front();
    const auto carry_out = [this](auto& e)
                               ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return Do(std::move(e)); };
    for (Effect& next : std::visit(carry_out, effect)) queue.push_back(std::move(next));
  }
  changed_.NotifyAll();
}

Effects AgentRuntime::Do(Append effect) {
  return core_->OnLogged(effect.ticket, log_->Append(effect.entries));
}

Effects AgentRuntime::Do(Begin effect) {
  jobs_.emplace_back(std::move(effect));
  return {};
}

Effects AgentRuntime::Do(Reattach effect) {
  jobs_.emplace_back(std::move(effect));
  return {};
}

Effects AgentRuntime::Do(struct Attached effect) {
  const auto found = waiting_.find(effect.token);
  if (found != waiting_.end()) found->second.attached = std::move(effect.operation);
  return {};
}

Effects AgentRuntime::Do(Answer effect) {
  const auto found = waiting_.find(effect.token);
  if (found != waiting_.end()) found->second.answer = std::move(effect.operation);
  return {};
}

Effects AgentRuntime::Do(AnswerClaim effect) {
  const auto found = waiting_.find(effect.token);
  if (found != waiting_.end()) found->second.claim = std::move(effect.claim);
  return {};
}

// --- The job thread -----------------------------------------------------------------------------

bool AgentRuntime::NextJob(Job& job) {
  MutexLock lock(mutex_);
  while (jobs_.empty() && !stopping_) changed_.Wait(mutex_);
  if (stopping_) return false;
  job = std::move(jobs_.front());
  jobs_.pop_front();
  return true;
}

void AgentRuntime::RunJobs() {
  Job job;
  while (NextJob(job)) {
    const Begin* begin = std::get_if<Begin>(&job);
    const std::string id = begin != nullptr ? begin->change.fence.operation_id()
                                            : std::get<Reattach>(job).operation.operation_id();
    plan::v1::Operation ended =
        begin != nullptr ? executor_.Execute(begin->change) : executor_.WaitForTool(id);
    ended.set_operation_id(id);
    MutexLock lock(mutex_);
    // An agent that stops leaves the operation open: the next one finds out what became of it.
    if (stopping_) return;
    Carry(core_->OnEnded(ended));
  }
}

}  // namespace baton
