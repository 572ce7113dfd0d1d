#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// An operation as the agent remembers it.
struct KnownOperation {
  agent::v1::OperationAccepted accepted;
  // As it is answered. INTERRUPTED until its end is applied: that an operation runs is known to the
  // process that runs it, never to the log.
  plan::v1::Operation operation;
};

// Whether nothing more will come of an operation in `state`.
bool IsEnded(plan::v1::OperationState state);

// Every operation that was accepted, up to a limit; the one accepted longest ago is forgotten
// first. A part of the durable state: it changes by `Apply` alone. Not thread-safe.
class OperationTable {
 public:
  static constexpr size_t kOperationsMax = 1000;

  // An operation was accepted, for the first time or to act again.
  void Apply(const agent::v1::OperationAccepted& accepted);

  // An operation ended. DATA_LOSS if it was never accepted.
  absl::Status Apply(const agent::v1::OperationEnded& ended);

  // The operation with this id; null if it is not remembered. Valid until the next Apply.
  const KnownOperation* Find(absl::string_view operation_id) const;

  // Adds the entries that yield this table.
  void AppendTo(std::vector<agent::v1::LogEntry>& log) const;

  size_t size() const { return operations_.size(); }

 private:
  void Forget(absl::string_view operation_id);

  std::map<uint64_t, KnownOperation> operations_;  // by order of acceptance
  absl::flat_hash_map<std::string, uint64_t> order_of_;
  uint64_t next_order_ = 0;
};

}  // namespace baton
