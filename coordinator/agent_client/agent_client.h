#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// One change for one host, whichever RPC carries it.
struct ChangeRequest {
  plan::v1::Fence fence;
  plan::v1::Action action;                        // one that changes the host
  plan::v1::Assignment assignment;                // for set_assignment
  uint64_t output_offset = 0;                     // for run_tool: byte of the output to begin with
  std::vector<agent::v1::ToolValue> values;       // for run_tool: one for each argument
  std::vector<plan::v1::StagedLicense> licenses;  // that arguments name, as they were planned
};

// Speaks to the agents of one farm, hosts by their names in the farm file. Every call answers
// exactly once, by its callback, on any thread, within `timeout`: with the agent's answer, or
// UNAVAILABLE or DEADLINE_EXCEEDED naming host and address. A host that the farm file does not have
// is NOT_FOUND. Callbacks must be short. Thread-safe.
class AgentClient {
 public:
  template <typename T>
  using Callback = std::function<void(absl::StatusOr<T>)>;
  using OutputSink = std::function<void(absl::string_view)>;
  using Cancel = std::function<void()>;

  virtual ~AgentClient() = default;

  virtual void Claim(const std::string& host, const agent::v1::ClaimRequest& request,
                     absl::Duration timeout, Callback<plan::v1::Claim> done) = 0;

  // Describes the host; `request` may leave fields out.
  virtual void GetHost(const std::string& host, const agent::v1::GetHostRequest& request,
                       absl::Duration timeout, Callback<plan::v1::Host> done) = 0;

  // Carries a change out and answers with the ended operation. Output of a tool goes to `output` as
  // it comes, on any thread, never after `done`. INVALID_ARGUMENT for an action that changes
  // nothing.
  virtual void Change(const std::string& host, const ChangeRequest& request, absl::Duration timeout,
                      OutputSink output, Callback<plan::v1::Operation> done) = 0;

  virtual void Probe(const std::string& host, const agent::v1::ProbeRequest& request,
                     absl::Duration timeout, Callback<agent::v1::ProbeReport> done) = 0;

  // Makes the agent listen, until the returned function is called, which may be at any time and
  // more than once, the request's duration is over, or `timeout`. `listens` is answered once, as
  // soon as the agent does, with what became of each port.
  [[nodiscard]] virtual Cancel Listen(const std::string& host,
                                      const agent::v1::ListenRequest& request,
                                      absl::Duration timeout,
                                      Callback<agent::v1::ListenReport> listens) = 0;
};

}  // namespace baton
