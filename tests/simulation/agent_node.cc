#include "tests/simulation/agent_node.h"

#include <deque>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "agent/runtime/tool_outcome.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"

namespace baton::simulation {
namespace {

constexpr char kStateFolder[] = "/state";
constexpr char kLogPath[] = "/state/operations.log";
// Of those who are killed in the middle of something: how many lose the power too.
constexpr double kPowerGoesToo = 0.3;

google::protobuf::Timestamp ToProto(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

// A disk that says that it has synced and has not: sabotage.
class ForgetfulFileSystem : public FakeFileSystem {
 public:
  absl::StatusOr<std::unique_ptr<AppendFile>> OpenForAppend(const std::string& path,
                                                            uint32_t mode) override {
    absl::StatusOr<std::unique_ptr<AppendFile>> file = FakeFileSystem::OpenForAppend(path, mode);
    if (!file.ok()) return file;
    return std::make_unique<File>(*std::move(file));
  }

 private:
  class File : public AppendFile {
   public:
    explicit File(std::unique_ptr<AppendFile> file) : file_(std::move(file)) {}
    absl::Status Append(absl::string_view data) override { return file_->Append(data); }
    absl::Status Sync() override { return absl::OkStatus(); }

   private:
    const std::unique_ptr<AppendFile> file_;
  };
};

}  // namespace

AgentNode::AgentNode(World& world, Machine& machine, Checker& checker)
    : world_(world),
      machine_(machine),
      checker_(checker),
      fs_(world.sabotage() == Sabotage::kNeverSync ? std::make_unique<ForgetfulFileSystem>()
                                                   : std::make_unique<FakeFileSystem>()) {
  if (const absl::Status made = fs_->CreateFolders(kStateFolder, 0700); !made.ok()) {
    world_.Fail(std::string(made.message()));
  }
  machine_.OnToolEnded([this](const std::string& id) {
    if (running() && tool_waited_for_ == id) {
      Later(world_.random().Between(absl::ZeroDuration(), absl::Milliseconds(50)),
            [this, id] { WaitForTool(id); });
    }
  });
  Start();
}

OperationCore::Options AgentNode::CoreOptions() const {
  return {std::string(kFarmId), machine_.name(), Machine::Profile()};
}

// --- Life and death -----------------------------------------------------------------------------

void AgentNode::Start() {
  if (world_.sabotage() == Sabotage::kForgetClaims && incarnation_ > 0) {
    fs_ = std::make_unique<FakeFileSystem>();
    fs_->PutFile(absl::StrCat(kStateFolder, "/keep"), "");
  }
  absl::StatusOr<OperationLog::Opened> opened = OperationLog::Open(*fs_, kLogPath);
  if (!opened.ok()) {
    return world_.Fail(absl::StrCat("the agent on ", machine_.name(),
                                    " cannot read its own log: ", opened.status().message()));
  }
  absl::StatusOr<Recovery> recovery =
      OperationCore::Recover(CoreOptions(), opened->entries, FindTools(opened->entries));
  if (!recovery.ok()) {
    return world_.Fail(absl::StrCat("the agent on ", machine_.name(),
                                    " cannot recover: ", recovery.status().message()));
  }
  world_.Trace(machine_.name(), "agent starts, ", opened->entries.size(), " log entries",
               opened->torn_tail ? ", a torn tail" : "");
  log_ = std::make_unique<OperationLog>(std::move(opened->log));
  core_ = std::make_unique<OperationCore>(std::move(recovery->core));
  checker_.Recovered(machine_.name(), opened->entries);
  Carry(std::move(recovery->effects));
  if (world_.sabotage() == Sabotage::kActFromLog) ActFromLog(opened->entries);
}

std::vector<RecoveredTool> AgentNode::FindTools(
    const std::vector<agent::v1::LogEntry>& entries) const {
  std::vector<RecoveredTool> tools;
  for (const std::string& id : OpenOperations(entries)) {
    std::optional<RecoveredTool> tool = RecoveredFrom(id, machine_.Inspect(id), world_.Now());
    if (tool.has_value()) tools.push_back(*std::move(tool));
  }
  return tools;
}

// Sabotage: service goals that the log leaves open are sought again, whoever has claimed the host
// by now.
void AgentNode::ActFromLog(const std::vector<agent::v1::LogEntry>& entries) {
  const std::set<std::string> open = OpenOperations(entries);
  for (const agent::v1::LogEntry& entry : entries) {
    const agent::v1::OperationAccepted& accepted = entry.operation_accepted();
    if (open.count(accepted.operation_id()) == 0 || job_ != nullptr) continue;
    Begin begin;
    begin.change.fence = accepted.fence();
    begin.change.action.mutable_start_service()->set_service(plan::v1::CONTROLLER);
    begin.change.action.mutable_start_service()->set_run_state(plan::v1::RUNNING);
    Do(begin);
  }
}

void AgentNode::Kill() {
  if (!running()) return;
  world_.Trace(machine_.name(), "agent dies");
  ++incarnation_;
  core_.reset();
  log_.reset();
  job_.reset();
  tool_waited_for_.clear();
  for (auto& [token, waiting] : std::exchange(waiting_, {})) {
    const absl::Status broke = absl::UnavailableError("connection broke");
    if (waiting.operation != nullptr) waiting.operation(broke);
    if (waiting.claim != nullptr) waiting.claim(broke);
  }
  StartLater(absl::Milliseconds(200), absl::Minutes(1));
}

void AgentNode::LosePower() {
  if (!machine_.powered()) return;
  world_.Trace(machine_.name(), "loses power");
  Kill();
  ++incarnation_;
  machine_.LosePower();
  fs_->Crash(world_.random().Next());
  world_.time().After(world_.random().Between(absl::Seconds(20), absl::Minutes(3)), [this] {
    machine_.Boot();
    StartLater(absl::Seconds(1), absl::Seconds(15));
  });
}

void AgentNode::StartLater(absl::Duration least, absl::Duration most) {
  Later(world_.random().Between(least, most), [this] { Start(); });
}

void AgentNode::Later(absl::Duration delay, std::function<void()> step) {
  world_.time().After(delay, [this, step = std::move(step), incarnation = incarnation_] {
    if (incarnation == incarnation_) step();
  });
}

bool AgentNode::DiesHere() {
  if (!world_.Roll(Fault::kAgentKilledInChange, machine_.name())) return false;
  if (world_.random().Chance(kPowerGoesToo)) {
    LosePower();
  } else {
    Kill();
  }
  return true;
}

// --- Calls --------------------------------------------------------------------------------------

CallToken AgentNode::Claim(const agent::v1::ClaimRequest& request, Reply<plan::v1::Claim> reply) {
  if (!running()) return reply(absl::UnavailableError("connection refused")), 0;
  const CallToken token = ++last_token_;
  waiting_[token].claim = std::move(reply);
  Carry(core_->OnClaim(token, request));
  return token;
}

CallToken AgentNode::Change(const ChangeRequest& request, Reply<plan::v1::Operation> reply) {
  if (!running()) return reply(absl::UnavailableError("connection refused")), 0;
  const CallToken token = ++last_token_;
  waiting_[token].operation = std::move(reply);
  baton::Change change{request.fence, request.action, request.assignment, std::nullopt,
                       request.values};
  if (ReplacesFile(change.action)) change.digests = Digests(change);
  Carry(core_->OnChange(token, std::move(change), ToProto(world_.Now())));
  return token;
}

CallToken AgentNode::GetHost(const Reply<plan::v1::Host>& reply) {
  if (!running()) return reply(absl::UnavailableError("connection refused")), 0;
  plan::v1::Host host = machine_.Describe();
  host.set_farm_id(std::string(kFarmId));
  const DurableState& state = core_->state();
  if (state.assignment().has_value()) *host.mutable_assignment() = *state.assignment();
  if (state.claims().claim().has_value()) *host.mutable_claim() = *state.claims().claim();
  if (state.claims().anchor().has_value()) *host.mutable_anchor() = *state.claims().anchor();
  if (std::optional<plan::v1::Operation> running = core_->running(); running.has_value()) {
    *host.mutable_operation() = *std::move(running);
  }
  reply(std::move(host));
  return 0;
}

CallToken AgentNode::Probe(const agent::v1::ProbeRequest& request,
                           const Reply<agent::v1::ProbeReport>& reply) {
  if (!running()) return reply(absl::UnavailableError("connection refused")), 0;
  reply(machine_.Probe(request));
  return 0;
}

void AgentNode::Abandon(CallToken token) {
  if (waiting_.erase(token) > 0) core_->OnDetached(token);
}

// --- Effects of the core ------------------------------------------------------------------------

void AgentNode::Carry(Effects effects) {
  std::deque<Effect> queue(std::make_move_iterator(effects.begin()),
                           std::make_move_iterator(effects.end()));
  const uint64_t incarnation = incarnation_;
  while (!queue.empty() && incarnation == incarnation_) {
    const Effect effect = std::move(queue.front());
    queue.pop_front();
    Effects next = std::visit([this](const auto& e) { return Do(e); }, effect);
    queue.insert(queue.end(), std::make_move_iterator(next.begin()),
                 std::make_move_iterator(next.end()));
  }
}

Effects AgentNode::Do(const Append& effect) {
  if (world_.sabotage() == Sabotage::kActBeforeLog) {
    Later(world_.random().Between(absl::Milliseconds(1), absl::Milliseconds(50)),
          [this, effect] { Write(effect).IgnoreError(); });
    return core_->OnLogged(effect.ticket, absl::OkStatus());
  }
  if (world_.Roll(Fault::kDiskSlow, machine_.name())) {
    Later(world_.random().Between(absl::Milliseconds(1), absl::Seconds(3)),
          [this, effect] { Carry(Logged(effect, Write(effect))); });
    return {};
  }
  return Logged(effect, Write(effect));
}

absl::Status AgentNode::Write(const Append& append) {
  const uint64_t some_call =
      fs_->mutating_calls() + 1 + world_.random().Below(append.entries.size() + 1);
  if (world_.Roll(Fault::kAgentKilledInWrite, machine_.name())) {
    fs_->FailFrom(some_call, absl::AbortedError("killed"));
    const absl::Status cut = log_->Append(append.entries);
    fs_->FailAt(0, absl::OkStatus());
    world_.random().Chance(kPowerGoesToo) ? LosePower() : Kill();
    return cut;
  }
  if (world_.Roll(Fault::kDiskError, machine_.name())) {
    fs_->FailAt(some_call, absl::InternalError("input/output error"));
  }
  const absl::Status status = log_->Append(append.entries);
  fs_->FailAt(0, absl::OkStatus());
  if (status.ok()) checker_.Logged(machine_.name(), append.entries);
  // An agent that cannot write its log waits for somebody to see to it.
  if (absl::IsDataLoss(status)) {
    Later(world_.random().Between(absl::Minutes(1), absl::Minutes(10)), [this] { Kill(); });
  }
  return status;
}

Effects AgentNode::Logged(const Append& append, const absl::Status& status) {
  if (!running()) return {};
  if (world_.Roll(Fault::kAgentKilledAfterWrite, machine_.name())) {
    world_.random().Chance(kPowerGoesToo) ? LosePower() : Kill();
    return {};
  }
  return core_->OnLogged(append.ticket, status);
}

Effects AgentNode::Do(const Attached& /*effect*/) { return {}; }

Effects AgentNode::Do(const Answer& effect) {
  const auto found = waiting_.find(effect.token);
  if (found == waiting_.end()) return {};
  const Reply<plan::v1::Operation> reply = std::move(found->second.operation);
  waiting_.erase(found);
  if (world_.tracing()) {
    world_.Trace(machine_.name(), "answers ",
                 effect.operation.ok() ? absl::StrCat(effect.operation->operation_id(), ": ",
                                                      Word(effect.operation->state()), ", ",
                                                      effect.operation->detail())
                                       : effect.operation.status().ToString());
  }
  reply(effect.operation);
  return {};
}

Effects AgentNode::Do(const AnswerClaim& effect) {
  const auto found = waiting_.find(effect.token);
  if (found == waiting_.end()) return {};
  const Reply<plan::v1::Claim> reply = std::move(found->second.claim);
  waiting_.erase(found);
  if (effect.claim.ok()) checker_.ClaimAnswered(machine_.name(), *effect.claim);
  if (world_.tracing()) {
    world_.Trace(machine_.name(), "answers claim: ",
                 effect.claim.ok() ? absl::StrCat("accepted epoch ", effect.claim->epoch())
                                   : effect.claim.status().ToString());
  }
  reply(effect.claim);
  return {};
}

}  // namespace baton::simulation
