#include "agent/runtime/change_executor.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/configuration/edit.h"
#include "agent/operation/goal_runner.h"
#include "agent/profile/build_command.h"
#include "agent/runtime/tool_outcome.h"
#include "common/log/log.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Action;
using plan::v1::Operation;

// What an operation keeps of a tool's output.
constexpr uint64_t kOutputTailBytes = 4096;

// The id of the run that an operation belongs to: the first part of RUN/STEP/ATTEMPT.
absl::string_view RunOf(absl::string_view operation_id) {
  return operation_id.substr(0, operation_id.find('/'));
}

}  // namespace

Operation ChangeExecutor::Ended(plan::v1::OperationState state, std::string detail) const {
  Operation operation;
  operation.set_state(state);
  operation.set_detail(std::move(detail));
  *operation.mutable_end_time() = google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      absl::ToUnixNanos(platform_.clock.Now()));
  return operation;
}

Operation ChangeExecutor::Execute(const Change& change) {
  switch (change.action.kind_case()) {
    case Action::kStartService:
      return SeekGoal(change.action.start_service());
    case Action::kStopService:
      return SeekGoal(change.action.stop_service());
    case Action::kSetStartupType:
      return SeekGoal(change.action.set_startup_type());
    case Action::kRewrite:
      return Rewrite(change);
    case Action::kRestore:
      return Restore(change);
    case Action::kRunTool:
      return RunTool(change);
    default:
      return Ended(plan::v1::OPERATION_FAILED, "the agent cannot carry this action out");
  }
}

absl::Duration ChangeExecutor::TimeoutOf(const plan::v1::ServiceGoal& goal) const {
  const ServiceSpec* spec = platform_.profile.Find(goal.service());
  if (spec == nullptr) return absl::ZeroDuration();
  if (goal.run_state() == plan::v1::RUNNING) return spec->start_timeout + spec->initialize_timeout;
  return spec->stop_timeout;
}

Operation ChangeExecutor::SeekGoal(const plan::v1::ServiceGoal& goal) {
  if (platform_.profile.Find(goal.service()) == nullptr) {
    return Ended(
        plan::v1::OPERATION_FAILED,
        absl::StrCat("profile ", platform_.profile.name, " has no service ", Word(goal.service())));
  }
  if (goal.run_state() == plan::v1::RUNNING) {
    const absl::StatusOr<plan::v1::ServiceState> before = platform_.services.Query(goal.service());
    if (before.ok() && before->run_state() != plan::v1::RUNNING) {
      platform_.initialization.NoteStart(goal.service());
    }
  }
  GoalRunner runner(platform_.services, platform_.initialization, platform_.clock,
                    platform_.sleeper);
  goal::Done done = runner.Run(goal, TimeoutOf(goal));
  Operation operation = Ended(done.state, std::move(done.detail));
  *operation.mutable_service() = std::move(done.service);
  return operation;
}

absl::StatusOr<std::vector<Edit>> ChangeExecutor::EditsOf(const plan::v1::Rewrite& rewrite) const {
  const ConfigurationSpec& spec = platform_.profile.configuration;
  std::vector<Edit> edits;
  for (const plan::v1::SettingChange& change : rewrite.changes()) {
    const auto path = spec.settings.find(change.setting());
    if (path == spec.settings.end()) {
      return absl::NotFoundError(absl::StrCat("profile ", platform_.profile.name,
                                              " has no setting ", Word(change.setting())));
    }
    const bool create = std::find(spec.create_missing.begin(), spec.create_missing.end(),
                                  change.setting()) != spec.create_missing.end();
    edits.push_back({path->second, change.new_value(), create});
  }
  return edits;
}

absl::StatusOr<std::string> ChangeExecutor::DigestAfter(const Action& action, std::string bytes) {
  ConfigurationFile& file = platform_.configuration.file();
  if (action.has_restore()) {
    ASSIGN_OR_RETURN(ConfigurationFile::Snapshot backup,
                     file.ReadBackup(action.restore().backup()));
    return std::move(backup.digest);
  }
  ASSIGN_OR_RETURN(const std::vector<Edit> edits, EditsOf(action.rewrite()));
  return file.PlannedDigest(std::move(bytes), edits);
}

std::optional<RewriteDigests> ChangeExecutor::Digests(const Change& change) {
  ConfigurationFile& file = platform_.configuration.file();
  absl::StatusOr<ConfigurationFile::Snapshot> snapshot = file.Read();
  if (!snapshot.ok()) return std::nullopt;
  absl::StatusOr<std::string> after = DigestAfter(change.action, std::move(snapshot->bytes));
  if (!after.ok()) return std::nullopt;
  RewriteDigests digests{snapshot->digest, *std::move(after), "", ""};
  if (!change.action.has_rewrite()) return digests;
  const std::string name = file.BackupName(RunOf(change.fence.operation_id()));
  const absl::StatusOr<ConfigurationFile::Snapshot> backup = file.ReadBackup(name);
  if (!backup.ok()) return digests;
  digests.backup = name;
  digests.backup_digest = backup->digest;
  return digests;
}

Operation ChangeExecutor::Rewrite(const Change& change) {
  const plan::v1::Rewrite& rewrite = change.action.rewrite();
  const absl::StatusOr<std::vector<Edit>> edits = EditsOf(rewrite);
  if (!edits.ok()) {
    return Ended(plan::v1::OPERATION_FAILED, std::string(edits.status().message()));
  }
  const absl::StatusOr<ConfigurationFile::RewriteOutcome> outcome =
      platform_.configuration.file().Rewrite(rewrite.expected_digest(), *edits,
                                             RunOf(change.fence.operation_id()));
  if (!outcome.ok()) {
    return Ended(plan::v1::OPERATION_FAILED, std::string(outcome.status().message()));
  }
  Operation operation = Ended(plan::v1::OPERATION_SUCCEEDED,
                              outcome->changed ? "written" : "already held every value");
  operation.mutable_rewrite()->set_digest_before(outcome->digest_before);
  operation.mutable_rewrite()->set_digest_after(outcome->digest_after);
  operation.mutable_rewrite()->set_backup(outcome->backup);
  return operation;
}

Operation ChangeExecutor::Restore(const Change& change) {
  const plan::v1::Restore& restore = change.action.restore();
  const absl::StatusOr<ConfigurationFile::RewriteOutcome> outcome =
      platform_.configuration.file().Restore(restore.backup(), restore.expected_digest(),
                                             restore.restored_digest(),
                                             RunOf(change.fence.operation_id()));
  if (!outcome.ok()) {
    return Ended(plan::v1::OPERATION_FAILED, std::string(outcome.status().message()));
  }
  Operation operation =
      Ended(plan::v1::OPERATION_SUCCEEDED, outcome->changed ? "restored" : "was restored already");
  operation.mutable_restore()->set_digest_before(outcome->digest_before);
  operation.mutable_restore()->set_digest_after(outcome->digest_after);
  return operation;
}

Operation ChangeExecutor::RunTool(const Change& change) {
  const plan::v1::Tool tool = change.action.run_tool();
  const ToolSpec* spec = platform_.profile.Find(tool);
  if (spec == nullptr) {
    return Ended(plan::v1::OPERATION_FAILED,
                 absl::StrCat("profile ", platform_.profile.name, " has no ", Word(tool)));
  }
  const std::string& operation_id = change.fence.operation_id();
  ForgetEarlierRun(operation_id, *spec);
  const absl::Status started = StartTool(change, *spec);
  // A supervisor that is late may still begin: only its folder tells.
  if (!started.ok() && !absl::IsAlreadyExists(started) && !absl::IsDeadlineExceeded(started)) {
    RemoveFiles(operation_id);
    return Ended(plan::v1::OPERATION_FAILED, std::string(started.message()));
  }
  return WaitForTool(operation_id);
}

void ChangeExecutor::ForgetEarlierRun(const std::string& operation_id, const ToolSpec& spec) {
  const absl::StatusOr<ToolStatus> status = platform_.tools.Inspect(operation_id);
  if (!status.ok()) return;
  const bool has_not_run = status->state == ToolState::kNotStarted;
  const bool may_run_again = status->state == ToolState::kLost && spec.repeatable;
  // What is kept after all, Start refuses, and says why.
  if (has_not_run || may_run_again) platform_.tools.Forget(operation_id).IgnoreError();
}

absl::Status ChangeExecutor::StartTool(const Change& change, const ToolSpec& spec) {
  ToolCommand command;
  command.id = change.fence.operation_id();
  command.secrets = platform_.configuration.PlaintextSecrets();
  std::map<std::string, std::string> arguments;
  for (const agent::v1::ToolValue& value : change.values) {
    std::string& argument = arguments[value.name()];
    if (value.has_file()) {
      argument = platform_.tools.FilePath(command.id, value.name());
      command.files.push_back({value.name(), value.file()});
    } else {
      argument = value.has_secret() ? value.secret() : value.text();
    }
    if (value.has_secret()) command.secrets.push_back(value.secret());
  }
  ASSIGN_OR_RETURN(command.argv, BuildCommand(spec, arguments));
  if (!spec.working_directory.empty()) command.working_directory = spec.working_directory;
  command.timeout = spec.timeout;
  command.success_exit_codes = spec.success_exit_codes;
  command.leaves_services = spec.leaves_services;
  return platform_.tools.Start(command);
}

void ChangeExecutor::RemoveFiles(const std::string& operation_id) {
  const absl::Status removed = platform_.tools.RemoveFiles(operation_id);
  if (!removed.ok()) LogWarning(absl::StrCat("files are kept: ", removed.message()));
}

bool ChangeExecutor::BeginsAfterAll(const std::string& operation_id, const ToolStatus& status) {
  if (status.state != ToolState::kNotStarted) return false;
  const absl::Status forgotten = platform_.tools.Forget(operation_id);
  return absl::IsFailedPrecondition(forgotten) || absl::IsAborted(forgotten);
}

Operation ChangeExecutor::WaitForTool(const std::string& operation_id) {
  while (true) {
    const absl::StatusOr<ToolStatus> status = platform_.tools.Inspect(operation_id);
    if (!status.ok()) {
      return Ended(plan::v1::OPERATION_UNKNOWN, std::string(status.status().message()));
    }
    std::optional<Operation> ended = Outcome(operation_id, *status);
    if (ended.has_value() && !BeginsAfterAll(operation_id, *status)) {
      RemoveFiles(operation_id);
      return *std::move(ended);
    }
    if (!platform_.sleeper.Sleep(kToolPollInterval)) {
      return Ended(plan::v1::OPERATION_INTERRUPTED, "the agent stops; the tool goes on");
    }
  }
}

std::optional<Operation> ChangeExecutor::Outcome(const std::string& operation_id,
                                                 const ToolStatus& status) {
  std::optional<Operation> ended = ToolOutcome(status, platform_.clock.Now());
  if (!ended.has_value() || !status.exit.has_value()) return ended;
  const uint64_t bytes = status.exit->output_bytes;
  const absl::StatusOr<std::string> tail = platform_.tools.ReadOutput(
      operation_id, bytes - std::min(bytes, kOutputTailBytes), kOutputTailBytes);
  if (tail.ok()) AddOutput(*tail, *ended);
  return ended;
}

std::optional<RecoveredTool> ChangeExecutor::Recover(const std::string& operation_id) {
  const absl::StatusOr<ToolStatus> status = platform_.tools.Inspect(operation_id);
  // A supervisor that is late needs the files.
  if (status.ok() && BeginsAfterAll(operation_id, *status)) return RecoveredTool{operation_id, {}};
  // A crash may have left them, whether or not the command was stored behind them.
  if (!status.ok() || status->state != ToolState::kRunning) RemoveFiles(operation_id);
  if (!status.ok()) return std::nullopt;
  std::optional<RecoveredTool> tool = RecoveredFrom(operation_id, *status, platform_.clock.Now());
  if (tool.has_value() && tool->ended.has_value()) tool->ended = Outcome(operation_id, *status);
  return tool;
}

}  // namespace baton
