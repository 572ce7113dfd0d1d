#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/operation/change.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "google/protobuf/timestamp.pb.h"

// What OperationCore wants done. Values: a driver may copy them, keep them and carry them out
// later, but in the order in which they were returned.
namespace baton {

// A call that waits for an answer. The driver chooses it, and never twice.
using Token = uint64_t;

// A write that is on its way to the log.
using Ticket = uint64_t;

// Make `entries` durable, in this order and behind all earlier ones, then call OnLogged. A crash
// may keep any number of the first ones.
struct Append {
  Ticket ticket = 0;
  std::vector<agent::v1::LogEntry> entries;
};

// Carry out a change, which is accepted durably, and call OnEnded. Never set_assignment, which the
// core carries out itself.
struct Begin {
  Change change;
  google::protobuf::Timestamp start_time;
};

// Wait for a tool that was begun before the agent last stopped, and call OnEnded.
struct Reattach {
  plan::v1::Operation operation;
};

// The operation that the call asked for is under way; its Answer follows when it has ended.
struct Attached {
  Token token = 0;
  plan::v1::Operation operation;
};

// Answer a changing call. A status says that it could not be tried.
struct Answer {
  Token token = 0;
  absl::StatusOr<plan::v1::Operation> operation;
};

// Answer a Claim call.
struct AnswerClaim {
  Token token = 0;
  absl::StatusOr<plan::v1::Claim> claim;
};

using Effect = std::variant<Append, Begin, Reattach, Attached, Answer, AnswerClaim>;
using Effects = std::vector<Effect>;

}  // namespace baton
