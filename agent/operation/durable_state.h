#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "agent/operation/claim_book.h"
#include "agent/operation/operation_table.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// What an agent knows beyond its own death: the fold over its operation log. Nothing in it changes
// but by applying an entry that is durable. Not thread-safe.
class DurableState {
 public:
  DurableState(std::string farm_id, std::string host);

  // DATA_LOSS for an entry that cannot follow the ones before; FAILED_PRECONDITION for one that a
  // newer version wrote. Then the state is as before.
  absl::Status Apply(const agent::v1::LogEntry& entry);

  // The shortest log that yields this state.
  std::vector<agent::v1::LogEntry> Snapshot() const;

  const ClaimBook& claims() const { return claims_; }
  const OperationTable& operations() const { return operations_; }
  // The newest assignment that was accepted.
  const std::optional<plan::v1::Assignment>& assignment() const { return assignment_; }

 private:
  ClaimBook claims_;
  OperationTable operations_;
  std::optional<plan::v1::Assignment> assignment_;
};

}  // namespace baton
