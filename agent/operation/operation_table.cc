#include "agent/operation/operation_table.h"

#include "absl/strings/str_cat.h"

namespace baton {
namespace {

using agent::v1::LogEntry;
using agent::v1::OperationAccepted;
using agent::v1::OperationEnded;

plan::v1::Operation Unfinished(const OperationAccepted& accepted) {
  plan::v1::Operation operation;
  operation.set_operation_id(accepted.operation_id());
  operation.set_state(plan::v1::OPERATION_INTERRUPTED);
  operation.set_detail("it was interrupted in the middle; what came of it is not known");
  operation.set_action(accepted.action());
  *operation.mutable_start_time() = accepted.start_time();
  return operation;
}

}  // namespace

bool IsEnded(plan::v1::OperationState state) {
  return state == plan::v1::OPERATION_SUCCEEDED || state == plan::v1::OPERATION_FAILED ||
         state == plan::v1::OPERATION_UNKNOWN;
}

void OperationTable::Apply(const OperationAccepted& accepted) {
  Forget(accepted.operation_id());
  if (operations_.size() == kOperationsMax) {
    Forget(operations_.begin()->second.accepted.operation_id());
  }
  order_of_[accepted.operation_id()] = next_order_;
  operations_.emplace(next_order_++, KnownOperation{accepted, Unfinished(accepted)});
}

absl::Status OperationTable::Apply(const OperationEnded& ended) {
  const auto order = order_of_.find(ended.operation().operation_id());
  if (order == order_of_.end()) {
    return absl::DataLossError(absl::StrCat("operation \"", ended.operation().operation_id(),
                                            "\" ended and was never accepted"));
  }
  operations_.at(order->second).operation = ended.operation();
  return absl::OkStatus();
}

const KnownOperation* OperationTable::Find(absl::string_view operation_id) const {
  const auto order = order_of_.find(operation_id);
  return order == order_of_.end() ? nullptr : &operations_.at(order->second);
}

void OperationTable::AppendTo(std::vector<LogEntry>& log) const {
  for (const auto& [order, known] : operations_) {
    *log.emplace_back().mutable_operation_accepted() = known.accepted;
    if (IsEnded(known.operation.state())) {
      *log.emplace_back().mutable_operation_ended()->mutable_operation() = known.operation;
    }
  }
}

void OperationTable::Forget(absl::string_view operation_id) {
  const auto order = order_of_.find(operation_id);
  if (order == order_of_.end()) return;
  const uint64_t number = order->second;
  order_of_.erase(order);
  operations_.erase(number);
}

}  // namespace baton
