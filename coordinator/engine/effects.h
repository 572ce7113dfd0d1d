#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// What the engine asks of the world, and what the world tells the engine. The driver carries
// effects out in order; every call gets one answer, with the same `call`, at any later time.
// Answers to calls that the engine no longer waits for are harmless.

// Make these records durable as one transaction, then say Appended or AppendFailed before anything
// else.
struct AppendRecords {
  std::vector<journal::v1::Record> records;
};

// Ask an agent to accept the run's epoch. Answer: ClaimAnswered. The driver fills the journal's
// end.
struct ClaimHost {
  uint64_t call = 0;
  std::string host;
  plan::v1::Claim claim;
};

// Ask an agent to change its host. Answer: ChangeAnswered.
struct ChangeHost {
  uint64_t call = 0;
  std::string host;
  std::string step;
  plan::v1::Fence fence;
  plan::v1::Action action;
  plan::v1::Assignment assignment;  // for set_assignment
  absl::Duration timeout;           // give up the call, not the operation
  // For run_tool: the values that the journal holds. Secrets and staged licenses are filled in
  // outside, as they are sent.
  std::vector<agent::v1::ToolValue> values;
  std::vector<plan::v1::StagedLicense> licenses;  // those that the action names, as planned
};

// Read a host, as far as the request asks for it. Answer: HostRead.
struct ReadHost {
  uint64_t call = 0;
  std::string host;
  agent::v1::GetHostRequest request;
};

// Try connections from a host. Answer: HostProbed.
struct ProbeHost {
  uint64_t call = 0;
  std::string host;
  agent::v1::ProbeRequest request;
};

// Run a command of the site on the machine of the Baton coordinator. Answer: HookEnded, within
// `timeout` and a little more.
struct RunHook {
  uint64_t call = 0;
  std::string step;
  plan::v1::Hook hook;
  std::vector<std::string> environment;  // NAME=VALUE, all but PATH
  absl::Duration timeout;                // then it is ended
};

// Say TimerFired once `delay` has passed.
struct SetTimer {
  uint64_t timer = 0;
  absl::Duration delay;
  std::string step;  // that it is for; empty for none
};

// The journal cannot be written: forget the run in memory, keep it as journaled, and say so.
struct Halt {
  absl::Status status;
};

using Effect = std::variant<AppendRecords, ClaimHost, ChangeHost, ReadHost, ProbeHost, RunHook,
                            SetTimer, Halt>;
using Effects = std::vector<Effect>;

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

using Event =
    std::variant<BeginRun, Appended, AppendFailed, ClaimAnswered, ChangeAnswered, HostRead,
                 HostProbed, HookEnded, TimerFired, StopAsked, ResumeAsked, PauseFound, GateAnswer>;

}  // namespace baton::engine
