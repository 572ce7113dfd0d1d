#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// What the engine asks of the world; events.h has what the world tells the engine. The driver
// carries effects out in order; every call gets one answer, with the same `call`, at any later
// time. Answers to calls that the engine no longer waits for are harmless.

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

// Cut a host off with its fence. Answer: FenceEnded, within `timeout` and a little more.
struct RunFence {
  uint64_t call = 0;
  std::string step;
  std::string host;
  plan::v1::FenceOff fence;
  absl::Duration timeout;
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
                            RunFence, SetTimer, Halt>;
using Effects = std::vector<Effect>;

}  // namespace baton::engine
