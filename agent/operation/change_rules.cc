#include "agent/operation/change_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/operation/tool_values.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton {
namespace {

// What is written may differ from what is there in secrets alone.
bool MayHoldSecret(const plan::v1::Action& action) {
  if (action.has_restore()) return true;
  const plan::v1::Rewrite& rewrite = action.rewrite();
  return std::any_of(rewrite.changes().begin(), rewrite.changes().end(),
                     [](const plan::v1::SettingChange& change) {
                       return change.setting() == plan::v1::CACHE_PASSWORD;
                     });
}

// An interrupted rewrite or restore may or may not have replaced the file: its digest tells.
Verdict JudgeReplacement(const agent::v1::OperationAccepted& accepted, const Change& change) {
  // It was accepted without knowing what to write, so it cannot have written.
  if (accepted.digest_after().empty()) return Verdict::kAccept;
  // Digests leave secrets out: equal ones do not tell whether one was written.
  const bool equal = accepted.digest_after() == accepted.digest_before();
  if (equal && MayHoldSecret(change.action)) return Verdict::kAccept;
  // The file cannot be read now, so nothing can be told from it: still interrupted.
  if (!change.digests.has_value()) return Verdict::kAnswer;
  if (change.digests->before == accepted.digest_after()) return Verdict::kSettle;
  return change.digests->before == accepted.digest_before() ? Verdict::kAccept : Verdict::kSettle;
}

}  // namespace

ChangeRules::ChangeRules(std::string host, plan::v1::Profile profile)
    : host_(std::move(host)), profile_(std::move(profile)) {}

absl::StatusOr<Verdict> ChangeRules::Judge(const DurableState& state, absl::string_view under_way,
                                           const Change& change) const {
  RETURN_IF_ERROR(CheckFields(change));
  RETURN_IF_ERROR(state.claims().CheckFence(change.fence));
  const std::string& id = change.fence.operation_id();
  const KnownOperation* known = state.operations().Find(id);
  if (known == nullptr) return JudgeUnknown(state, under_way, change);

  if (const std::string text = ChangeText(change); text != known->accepted.action()) {
    return absl::InvalidArgumentError(absl::StrCat(host_, ": operation \"", id, "\" is \"",
                                                   known->accepted.action(),
                                                   "\", the request is \"", text, "\""));
  }
  if (IsEnded(known->operation.state())) return Verdict::kAnswer;
  if (under_way == id) return Verdict::kAttach;
  return JudgeInterrupted(state, under_way, *known, change);
}

absl::StatusOr<Verdict> ChangeRules::JudgeUnknown(const DurableState& state,
                                                  absl::string_view under_way,
                                                  const Change& change) const {
  const plan::v1::Action& action = change.action;
  if (action.has_run_tool()) {
    const plan::v1::ToolProfile* tool = FindTool(action.run_tool());
    if (tool == nullptr) {
      return absl::NotFoundError(absl::StrCat(host_, ": profile \"", profile_.name(),
                                              "\" has no tool ", Word(action.run_tool())));
    }
    RETURN_IF_ERROR(Annotate(MatchToolValues(*tool, change.values), host_));
  }
  RETURN_IF_ERROR(state.claims().CheckNew(change.fence));
  RETURN_IF_ERROR(CheckIdle(under_way));
  return Verdict::kAccept;
}

absl::StatusOr<Verdict> ChangeRules::JudgeInterrupted(const DurableState& state,
                                                      absl::string_view under_way,
                                                      const KnownOperation& known,
                                                      const Change& change) const {
  if (!Repeatable(change.action)) return Verdict::kAnswer;
  // Once something later was accepted, acting again would undo it.
  RETURN_IF_ERROR(state.claims().CheckAgain(change.fence));
  RETURN_IF_ERROR(CheckIdle(under_way));
  return ReplacesFile(change.action) ? JudgeReplacement(known.accepted, change) : Verdict::kAccept;
}

absl::Status ChangeRules::CheckIdle(absl::string_view under_way) const {
  if (under_way.empty()) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat(host_, ": operation \"", under_way,
                                         "\" is under way; try again when it has ended"));
}

const plan::v1::ToolProfile* ChangeRules::FindTool(plan::v1::Tool tool) const {
  for (const plan::v1::ToolProfile& candidate : profile_.tools()) {
    if (candidate.tool() == tool) return &candidate;
  }
  return nullptr;
}

bool ChangeRules::Repeatable(const plan::v1::Action& action) const {
  // Service goals, rewrites, restores and assignments come to the same however often they are
  // carried out.
  if (!action.has_run_tool()) return true;
  const plan::v1::ToolProfile* tool = FindTool(action.run_tool());
  return tool != nullptr && tool->repeatable();
}

}  // namespace baton
