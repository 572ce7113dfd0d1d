#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// What the world tells the engine. See effects.h.

// The records of the last AppendRecords are durable.
struct Appended {
  std::vector<StoredRecord> records;
};

// They are not, or it is not known.
struct AppendFailed {
  absl::Status status;
};

struct ClaimAnswered {
  uint64_t call = 0;
  absl::Status status;
};

struct ChangeAnswered {
  uint64_t call = 0;
  absl::StatusOr<plan::v1::Operation> operation;
};

struct HostRead {
  uint64_t call = 0;
  absl::StatusOr<plan::v1::Host> host;
};

struct HostProbed {
  uint64_t call = 0;
  absl::StatusOr<agent::v1::ProbeReport> report;
};

// An error means that the hook was not started.
struct HookEnded {
  uint64_t call = 0;
  absl::StatusOr<journal::v1::HookResult> result;
};

// An error means that the fence was not started.
struct FenceEnded {
  uint64_t call = 0;
  absl::StatusOr<journal::v1::FenceResult> result;
};

struct TimerFired {
  uint64_t timer = 0;
};

// A person wants the run to stop at the next step boundary.
struct StopAsked {
  std::string actor;
  bool cancel = false;
  std::string reason;
};

// A person answers the gate that the run waits at.
struct GateAnswer {
  std::string actor;
  journal::v1::GateAnswered answered;
};

// Start the run that the state holds, or go on with it at the epoch that it holds.
struct BeginRun {};

// Go on with a paused run, or take over one that was running when the coordinator died.
struct ResumeAsked {
  std::string actor;
  journal::v1::RunResumed resumed;
};

// Do not go on with a run that was running when the coordinator died: pause it.
struct PauseFound {
  std::string actor;
  plan::v1::PauseReason reason = plan::v1::PAUSE_REASON_UNSPECIFIED;
  std::string detail;
};

using Event = std::variant<BeginRun, Appended, AppendFailed, ClaimAnswered, ChangeAnswered,
                           HostRead, HostProbed, HookEnded, FenceEnded, TimerFired, StopAsked,
                           ResumeAsked, PauseFound, GateAnswer>;

}  // namespace baton::engine
