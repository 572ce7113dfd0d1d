#include "agent/operation/durable_state.h"

#include <utility>

namespace baton {

using agent::v1::LogEntry;

DurableState::DurableState(std::string farm_id, std::string host)
    : claims_(std::move(farm_id), std::move(host)) {}

absl::Status DurableState::Apply(const LogEntry& entry) {
  switch (entry.body_case()) {
    case LogEntry::kClaimAccepted:
      claims_.Apply(entry.claim_accepted());
      return absl::OkStatus();
    case LogEntry::kOperationAccepted:
      operations_.Apply(entry.operation_accepted());
      claims_.Apply(entry.operation_accepted().fence());
      return absl::OkStatus();
    case LogEntry::kOperationEnded:
      return operations_.Apply(entry.operation_ended());
    case LogEntry::kAssignmentAccepted:
      assignment_ = entry.assignment_accepted();
      return absl::OkStatus();
    case LogEntry::kAssignmentHeard:
    case LogEntry::kGuardActs:
    case LogEntry::BODY_NOT_SET:
      break;
  }
  return absl::FailedPreconditionError("an entry of a kind that this version does not know");
}

std::vector<LogEntry> DurableState::Snapshot() const {
  std::vector<LogEntry> log;
  if (claims_.claim().has_value()) {
    // First, so that the operations of its epoch, which follow, count for it.
    agent::v1::ClaimAccepted& accepted = *log.emplace_back().mutable_claim_accepted();
    *accepted.mutable_claim() = *claims_.claim();
    *accepted.mutable_anchor() = *claims_.anchor();
  }
  operations_.AppendTo(log);
  if (assignment_.has_value()) *log.emplace_back().mutable_assignment_accepted() = *assignment_;
  return log;
}

}  // namespace baton
