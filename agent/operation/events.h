#pragma once

#include <optional>
#include <string>
#include <variant>

#include "agent/operation/change.h"
#include "agent/operation/effects.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "google/protobuf/timestamp.pb.h"

// What OperationCore decides upon. Values, so that they can wait for their turn.
namespace baton {

// What the supervisor of a tool still knows of an operation when the agent starts.
struct RecoveredTool {
  std::string operation_id;
  // What came of it: state, detail, end_time and tool; unset while the tool runs.
  std::optional<plan::v1::Operation> ended;
};

// A call asks for a claim.
struct ClaimEvent {
  Token token = 0;
  agent::v1::ClaimRequest request;
};

// A call asks for a change.
struct ChangeEvent {
  Token token = 0;
  Change change;
  google::protobuf::Timestamp now;
};

// What was begun or rejoined ended.
struct EndedEvent {
  plan::v1::Operation operation;
};

using Event = std::variant<ClaimEvent, ChangeEvent, EndedEvent>;

}  // namespace baton
