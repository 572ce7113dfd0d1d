#include "agent/operation/operation_entries.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton {

using agent::v1::LogEntry;
using agent::v1::OperationAccepted;
using google::protobuf::Timestamp;
using plan::v1::Operation;

LogEntry AcceptedEntry(const Change& change, const Timestamp& now) {
  LogEntry entry;
  OperationAccepted& accepted = *entry.mutable_operation_accepted();
  accepted.set_operation_id(change.fence.operation_id());
  accepted.set_action(ChangeText(change));
  *accepted.mutable_fence() = change.fence;
  *accepted.mutable_start_time() = now;
  if (change.digests.has_value()) {
    accepted.set_digest_before(change.digests->before);
    accepted.set_digest_after(change.digests->after);
  }
  return entry;
}

LogEntry EndedEntry(const OperationAccepted& accepted, Operation ended) {
  ended.set_operation_id(accepted.operation_id());
  ended.set_action(accepted.action());
  *ended.mutable_start_time() = accepted.start_time();
  LogEntry entry;
  *entry.mutable_operation_ended()->mutable_operation() = std::move(ended);
  return entry;
}

std::vector<LogEntry> AssignmentEntries(const Change& change,
                                        const std::optional<plan::v1::Assignment>& kept,
                                        const Timestamp& now) {
  const plan::v1::Assignment& asked = change.assignment;
  std::vector<LogEntry> entries;
  Operation ended;
  *ended.mutable_end_time() = now;
  if (kept.has_value() && kept->epoch() > asked.epoch()) {
    ended.set_state(plan::v1::OPERATION_FAILED);
    ended.set_detail(absl::StrCat("keeps the assignment of epoch ", kept->epoch(),
                                  ", which is newer than that of epoch ", asked.epoch()));
    *ended.mutable_assignment() = *kept;
  } else {
    *entries.emplace_back().mutable_assignment_accepted() = asked;
    ended.set_state(plan::v1::OPERATION_SUCCEEDED);
    ended.set_detail(
        absl::StrCat("keeps the assignment of epoch ", asked.epoch(), ", ", Word(asked.state())));
    *ended.mutable_assignment() = asked;
  }
  entries.push_back(EndedEntry(AcceptedEntry(change, now).operation_accepted(), std::move(ended)));
  return entries;
}

Operation SettledReplacement(const OperationAccepted& accepted, const Change& again,
                             const Timestamp& now) {
  const std::string& found = again.digests->before;
  Operation ended;
  *ended.mutable_end_time() = now;
  if (again.action.has_restore()) {
    ended.mutable_restore()->set_digest_before(accepted.digest_before());
    ended.mutable_restore()->set_digest_after(found);
  } else {
    ended.mutable_rewrite()->set_digest_before(accepted.digest_before());
    ended.mutable_rewrite()->set_digest_after(found);
    const bool kept = again.digests->backup_digest == accepted.digest_before();
    if (kept && found == accepted.digest_after()) {
      ended.mutable_rewrite()->set_backup(again.digests->backup);
    }
  }
  if (found == accepted.digest_after()) {
    ended.set_state(plan::v1::OPERATION_SUCCEEDED);
    ended.set_detail("the file was written before the agent stopped");
  } else {
    ended.set_state(plan::v1::OPERATION_FAILED);
    ended.set_detail(
        absl::StrCat("conflict: the file is neither as it was found nor as it was to "
                     "be written; its digest is ",
                     absl::BytesToHexString(found)));
  }
  return ended;
}

absl::Status LogDamaged(absl::string_view host, const absl::Status& damage) {
  return absl::DataLossError(absl::StrCat(
      host, ": the agent's operation log is damaged, nothing is changed: ", damage.message()));
}

absl::Status NotDurable(absl::string_view host, bool acted, const absl::Status& status) {
  if (acted) {
    return absl::UnavailableError(absl::StrCat(
        host, ": the operation ended, and that could not be written down: ", status.message()));
  }
  return absl::ResourceExhaustedError(
      absl::StrCat(host, ": could not be written down, and nothing was done: ", status.message()));
}

absl::Status TooManyWait(size_t calls_max) {
  return absl::ResourceExhaustedError(absl::StrCat(calls_max, " calls wait already"));
}

}  // namespace baton
