// Carrying changes out: what ChangeExecutor does with threads, here in virtual time.

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "agent/runtime/tool_outcome.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/agent_node.h"

namespace baton::simulation {
namespace {

absl::Duration TimeoutOf(const plan::v1::ServiceGoal& goal) {
  for (const plan::v1::ServiceProfile& service : Machine::Profile().services()) {
    if (service.service() != goal.service()) continue;
    return absl::Seconds(goal.run_state() == plan::v1::RUNNING ? service.start_timeout().seconds()
                                                               : service.stop_timeout().seconds());
  }
  return absl::ZeroDuration();
}

}  // namespace

Effects AgentNode::Do(const Begin& effect) {
  const plan::v1::Action& action = effect.change.action;
  if (world_.tracing()) {
    world_.Trace(machine_.name(), "acts on ", effect.change.fence.operation_id());
  }
  checker_.Acts(machine_.name(), effect.change.fence);
  job_ = std::make_unique<Job>(Job{effect.change, world_.elapsed(), std::nullopt});
  if (action.has_start_service()) BeginGoal(action.start_service());
  if (action.has_stop_service()) BeginGoal(action.stop_service());
  if (action.has_set_startup_type()) BeginGoal(action.set_startup_type());
  if (ReplacesFile(action)) {
    Later(world_.random().Between(absl::Milliseconds(1), absl::Milliseconds(30)),
          [this] { ReplaceFile(); });
  }
  if (action.has_run_tool()) {
    // The supervisor is asked a moment later: there is time to die in.
    Later(absl::Milliseconds(5), [this] {
      const std::string id = job_->change.fence.operation_id();
      machine_.StartTool(id, job_->change.action.run_tool());
      if (!DiesHere()) WaitForTool(id);
    });
  }
  return {};
}

Effects AgentNode::Do(const Reattach& effect) {
  Later(absl::Milliseconds(5), [this, id = effect.operation.operation_id()] { WaitForTool(id); });
  return {};
}

void AgentNode::BeginGoal(const plan::v1::ServiceGoal& goal) {
  job_->seeker.emplace(goal, TimeoutOf(goal));
  Later(absl::Milliseconds(1), [this] { Seek(job_->seeker->Begin()); });
}

void AgentNode::Seek(goal::Effect effect) {
  GoalSeeker& seeker = *job_->seeker;
  const plan::v1::Action& action = job_->change.action;
  const plan::v1::Service service = action.has_start_service() ? action.start_service().service()
                                    : action.has_stop_service()
                                        ? action.stop_service().service()
                                        : action.set_startup_type().service();
  const absl::Duration elapsed = world_.elapsed() - job_->started;
  while (true) {
    if (const auto* wait = std::get_if<goal::Wait>(&effect)) {
      return Later(wait->duration, [this] { Seek(job_->seeker->OnWaited()); });
    }
    if (auto* done = std::get_if<goal::Done>(&effect)) {
      plan::v1::Operation operation = Ended(done->state, std::move(done->detail));
      *operation.mutable_service() = std::move(done->service);
      return End(std::move(operation));
    }
    if (std::holds_alternative<goal::Query>(effect)) {
      effect = seeker.OnQueried(machine_.Query(service), elapsed);
      continue;
    }
    if (std::holds_alternative<goal::CheckInitialized>(effect)) {
      effect = seeker.OnChecked(machine_.Check(service), elapsed);
      continue;
    }
    if (DiesHere()) return;
    const auto* type = std::get_if<goal::SetStartupType>(&effect);
    const absl::Status taken =
        type != nullptr ? machine_.SetStartupType(service, type->startup_type)
        : std::holds_alternative<goal::RequestStart>(effect) ? machine_.RequestStart(service)
                                                             : machine_.RequestStop(service);
    if (DiesHere()) return;
    effect = seeker.OnRequested(taken, elapsed);
  }
}

std::optional<ConfigurationText> AgentNode::After(const plan::v1::Action& action) {
  if (action.has_restore()) {
    const ConfigurationText* backup = machine_.FindBackup(action.restore().backup());
    return backup == nullptr ? std::nullopt : std::optional<ConfigurationText>(*backup);
  }
  ConfigurationText after = machine_.file();
  for (const plan::v1::SettingChange& change : action.rewrite().changes()) {
    std::string* value = after.Find(change.setting());
    if (value == nullptr) return std::nullopt;
    *value = change.new_value();
  }
  return after;
}

std::optional<RewriteDigests> AgentNode::Digests(const baton::Change& change) {
  const std::optional<ConfigurationText> after = After(change.action);
  if (!after.has_value()) return std::nullopt;
  RewriteDigests digests{machine_.file().Digest(), after->Digest(), "", ""};
  const std::string& id = change.fence.operation_id();
  const std::string name = absl::StrCat("server.hsconf.bak-", id.substr(0, id.find('/')));
  const ConfigurationText* backup = machine_.FindBackup(name);
  if (backup == nullptr || !change.action.has_rewrite()) return digests;
  digests.backup = name;
  digests.backup_digest = backup->Digest();
  return digests;
}

void AgentNode::ReplaceFile() {
  const plan::v1::Action& action = job_->change.action;
  const std::optional<ConfigurationText> after = After(action);
  if (!after.has_value()) {
    return End(Ended(plan::v1::OPERATION_FAILED, "there is no such setting or backup"));
  }
  const std::string before = machine_.file().Digest();
  const bool holds = before == after->Digest();
  const std::string& expected = action.has_restore() ? action.restore().expected_digest()
                                                     : action.rewrite().expected_digest();
  const bool other_backup =
      action.has_restore() && after->Digest() != action.restore().restored_digest();
  if (other_backup || (!holds && before != expected)) {
    return End(Ended(plan::v1::OPERATION_FAILED, "the file is another than the plan rests on"));
  }
  if (DiesHere()) return;
  const std::string& id = job_->change.fence.operation_id();
  const std::string backup =
      holds || action.has_restore() ? "" : machine_.KeepBackup(id.substr(0, id.find('/')));
  if (DiesHere()) return;
  machine_.file() = *after;
  if (DiesHere()) return;
  plan::v1::Operation operation =
      Ended(plan::v1::OPERATION_SUCCEEDED, holds ? "was so already" : "written");
  if (action.has_restore()) {
    operation.mutable_restore()->set_digest_before(before);
    operation.mutable_restore()->set_digest_after(after->Digest());
  } else {
    operation.mutable_rewrite()->set_digest_before(before);
    operation.mutable_rewrite()->set_digest_after(after->Digest());
    operation.mutable_rewrite()->set_backup(backup);
  }
  End(std::move(operation));
}

void AgentNode::WaitForTool(const std::string& operation_id) {
  std::optional<plan::v1::Operation> ended =
      ToolOutcome(machine_.Inspect(operation_id), world_.Now());
  if (!ended.has_value()) {
    tool_waited_for_ = operation_id;
    return;
  }
  tool_waited_for_.clear();
  ended->set_operation_id(operation_id);
  End(*std::move(ended));
}

plan::v1::Operation AgentNode::Ended(plan::v1::OperationState state, std::string detail) const {
  plan::v1::Operation operation;
  operation.set_operation_id(job_->change.fence.operation_id());
  operation.set_state(state);
  operation.set_detail(std::move(detail));
  *operation.mutable_end_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(world_.Now()));
  return operation;
}

void AgentNode::End(plan::v1::Operation operation) {
  if (DiesHere()) return;
  job_.reset();
  Carry(core_->OnEnded(operation));
}

}  // namespace baton::simulation
