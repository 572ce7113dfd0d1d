#include "agent/operation/operation_core.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/operation/operation_entries.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {

using agent::v1::LogEntry;
using plan::v1::Operation;

OperationCore::OperationCore(Options options)
    : host_(options.host),
      rules_(options.host, std::move(options.profile)),
      state_(std::move(options.farm_id), std::move(options.host)) {}

absl::StatusOr<Recovery> OperationCore::Recover(Options options, const std::vector<LogEntry>& log,
                                                absl::Span<const RecoveredTool> tools) {
  OperationCore core(std::move(options));
  for (size_t i = 0; i < log.size(); ++i) {
    RETURN_IF_ERROR(Annotate(core.state_.Apply(log[i]),
                             absl::StrCat("operation log, entry ", i + 1, " of ", log.size())));
  }
  Effects effects = core.Rejoin(tools);
  return Recovery{std::move(core), std::move(effects)};
}

OperationCore OperationCore::Damaged(Options options, const absl::Status& damage) {
  OperationCore core(std::move(options));
  core.damage_ = damage;
  return core;
}

Effects OperationCore::Rejoin(absl::Span<const RecoveredTool> tools) {
  Effects effects;
  Write ends;
  for (const RecoveredTool& tool : tools) {
    const KnownOperation* known = state_.operations().Find(tool.operation_id);
    if (known == nullptr || IsEnded(known->operation.state())) continue;
    if (tool.ended.has_value()) {
      if (!IsEnded(tool.ended->state())) continue;
      ends.append.entries.push_back(EndedEntry(known->accepted, *tool.ended));
    } else if (!current_.has_value()) {
      current_ = Current{tool.operation_id, {}};
      effects.push_back(Reattach{*running()});
    }
  }
  if (!ends.append.entries.empty()) WriteDown(std::move(ends), effects);
  return effects;
}

Effects OperationCore::OnClaim(Token token, const agent::v1::ClaimRequest& request) {
  if (waiting_.size() >= kWaitingMax) return {AnswerClaim{token, TooManyWait(kWaitingMax)}};
  return Take(ClaimEvent{token, request});
}

Effects OperationCore::OnChange(Token token, Change change,
                                const google::protobuf::Timestamp& now) {
  if (waiting_.size() >= kWaitingMax) return {Answer{token, TooManyWait(kWaitingMax)}};
  return Take(ChangeEvent{token, std::move(change), now});
}

Effects OperationCore::OnEnded(const Operation& ended) { return Take(EndedEvent{ended}); }

void OperationCore::OnDetached(Token token) {
  const auto is_caller = [token](const Event& event) {
    const auto* claim = std::get_if<ClaimEvent>(&event);
    const auto* change = std::get_if<ChangeEvent>(&event);
    return (claim != nullptr && claim->token == token) ||
           (change != nullptr && change->token == token);
  };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_caller), waiting_.end());
  if (write_.has_value() && write_->claimant == token) write_->claimant.reset();
  if (!current_.has_value()) return;
  std::vector<Token>& attached = current_->attached;
  attached.erase(std::remove(attached.begin(), attached.end(), token), attached.end());
}

Effects OperationCore::OnLogged(Ticket ticket, const absl::Status& status) {
  Effects effects;
  if (!write_.has_value() || write_->append.ticket != ticket) return effects;
  const Write write = *std::exchange(write_, std::nullopt);
  if (status.ok()) {
    OnDurable(write, effects);
  } else {
    OnNotDurable(write, status, effects);
  }
  HandleWaiting(effects);
  return effects;
}

std::optional<Operation> OperationCore::running() const {
  if (!current_.has_value()) return std::nullopt;
  const KnownOperation* known = state_.operations().Find(current_->operation_id);
  if (known == nullptr) return std::nullopt;  // its acceptance is on its way to the log
  Operation operation = known->operation;
  operation.set_state(plan::v1::OPERATION_RUNNING);
  operation.clear_detail();
  return operation;
}

Effects OperationCore::Take(Event event) {
  Effects effects;
  waiting_.push_back(std::move(event));
  HandleWaiting(effects);
  return effects;
}

void OperationCore::HandleWaiting(Effects& effects) {
  while (!write_.has_value() && !waiting_.empty()) {
    const Event event = std::move(waiting_.front());
    waiting_.pop_front();
    std::visit([&](const auto& kind) { Handle(kind, effects); }, event);
  }
}

void OperationCore::Handle(const ClaimEvent& event, Effects& effects) {
  if (!damage_.ok()) {
    effects.push_back(AnswerClaim{event.token, LogDamaged(host_, damage_)});
    return;
  }
  absl::StatusOr<std::optional<agent::v1::ClaimAccepted>> accepted =
      state_.claims().Decide(event.request);
  if (!accepted.ok()) {
    effects.push_back(AnswerClaim{event.token, accepted.status()});
  } else if (!accepted->has_value()) {
    effects.push_back(AnswerClaim{event.token, *state_.claims().claim()});
  } else {
    // An operation under way goes on, whoever began it: stopping half-way is worse than either end.
    Write write;
    write.after = After::kAnswerClaim;
    write.claimant = event.token;
    *write.append.entries.emplace_back().mutable_claim_accepted() = **accepted;
    WriteDown(std::move(write), effects);
  }
}

void OperationCore::Handle(const EndedEvent& event, Effects& effects) {
  if (!current_.has_value() || current_->operation_id != event.operation.operation_id()) return;
  const KnownOperation& known = *state_.operations().Find(current_->operation_id);
  if (!IsEnded(event.operation.state())) {
    Operation interrupted = known.operation;
    if (!event.operation.detail().empty()) interrupted.set_detail(event.operation.detail());
    Release(interrupted, effects);
    return;
  }
  Write write;
  write.after = After::kAnswer;
  write.acted = true;
  write.append.entries = {EndedEntry(known.accepted, event.operation)};
  WriteDown(std::move(write), effects);
}

void OperationCore::Handle(const ChangeEvent& event, Effects& effects) {
  if (!damage_.ok()) {
    effects.push_back(Answer{event.token, LogDamaged(host_, damage_)});
    return;
  }
  const std::string under_way = current_.has_value() ? current_->operation_id : "";
  const absl::StatusOr<Verdict> verdict = rules_.Judge(state_, under_way, event.change);
  if (!verdict.ok()) {
    effects.push_back(Answer{event.token, verdict.status()});
    return;
  }
  const std::string& id = event.change.fence.operation_id();
  switch (*verdict) {
    case Verdict::kAccept:
      return Accept(event, effects);
    case Verdict::kAttach:
      return Attach(event.token, effects);
    case Verdict::kAnswer:
      effects.push_back(Answer{event.token, state_.operations().Find(id)->operation});
      return;
    case Verdict::kSettle:
      return Settle(event, effects);
  }
}

void OperationCore::Accept(const ChangeEvent& event, Effects& effects) {
  const Change& change = event.change;
  current_ = Current{change.fence.operation_id(), {event.token}};
  Write write;
  write.append.entries = {AcceptedEntry(change, event.now)};
  if (change.action.has_set_assignment()) {
    write.after = After::kAnswer;
    for (LogEntry& entry : AssignmentEntries(change, state_.assignment(), event.now)) {
      write.append.entries.push_back(std::move(entry));
    }
  } else {
    write.after = After::kBegin;
    write.begin = Begin{change, event.now};
  }
  WriteDown(std::move(write), effects);
}

void OperationCore::Attach(Token token, Effects& effects) {
  if (current_->attached.size() >= kAttachedMax) {
    effects.push_back(Answer{token, TooManyWait(kAttachedMax)});
    return;
  }
  current_->attached.push_back(token);
  effects.push_back(Attached{token, *running()});
}

void OperationCore::Settle(const ChangeEvent& event, Effects& effects) {
  const agent::v1::OperationAccepted& accepted =
      state_.operations().Find(event.change.fence.operation_id())->accepted;
  current_ = Current{accepted.operation_id(), {event.token}};
  Write write;
  write.after = After::kAnswer;
  write.append.entries = {
      EndedEntry(accepted, SettledReplacement(accepted, event.change, event.now))};
  WriteDown(std::move(write), effects);
}

void OperationCore::WriteDown(Write write, Effects& effects) {
  write.append.ticket = ++last_ticket_;
  effects.push_back(write.append);
  write_ = std::move(write);
}

void OperationCore::OnDurable(const Write& write, Effects& effects) {
  // The core writes only what can follow; if it did not, it must not go on.
  for (const LogEntry& entry : write.append.entries) damage_.Update(state_.Apply(entry));
  switch (write.after) {
    case After::kNothing:
      break;
    case After::kAnswerClaim:
      if (!write.claimant.has_value()) break;
      effects.push_back(AnswerClaim{*write.claimant, *state_.claims().claim()});
      break;
    case After::kBegin:
      effects.push_back(*write.begin);
      for (const Token token : current_->attached) effects.push_back(Attached{token, *running()});
      break;
    case After::kAnswer:
      Release(state_.operations().Find(current_->operation_id)->operation, effects);
      break;
  }
}

void OperationCore::OnNotDurable(const Write& write, const absl::Status& status, Effects& effects) {
  if (absl::IsDataLoss(status)) damage_ = status;
  const absl::Status answer = NotDurable(host_, write.acted, status);
  switch (write.after) {
    case After::kNothing:
      break;
    case After::kAnswerClaim:
      if (write.claimant.has_value()) effects.push_back(AnswerClaim{*write.claimant, answer});
      break;
    case After::kBegin:
    case After::kAnswer:
      Release(answer, effects);
      break;
  }
}

void OperationCore::Release(const absl::StatusOr<Operation>& answer, Effects& effects) {
  for (const Token token : current_->attached) effects.push_back(Answer{token, answer});
  current_.reset();
}

}  // namespace baton
