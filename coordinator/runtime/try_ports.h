#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "baton/agent/v1/agent.pb.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/runtime/gather.h"
#include "google/protobuf/util/time_util.h"

namespace baton {

// Tries of one call: as many as an agent works on at the same time, so that no try waits for
// another.
inline constexpr size_t kTriesPerCall = 16;

inline google::protobuf::Duration ToProtoDuration(absl::Duration duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(
      absl::ToInt64Nanoseconds(duration));
}

// Lets agents try TCP ports, all at the same time, and returns what each try came to, in their
// order: the error of the agent that should have tried where it did not answer. `Try` is a message
// with `from`, `address` and `port`. Each try takes `try_timeout` at the longest, and everything
// ends at `deadline`, however many are silent. REQUIRES: tries of one host stand together.
template <typename Try>
std::vector<absl::StatusOr<agent::v1::ProbeResult>> TryPorts(const std::vector<Try>& tries,
                                                             AgentClient& agents,
                                                             absl::Duration try_timeout,
                                                             absl::Time deadline) {
  std::vector<size_t> begins;  // of the calls, by their first try
  for (size_t i = 0; i < tries.size(); ++i) {
    const bool fits = !begins.empty() && i - begins.back() < kTriesPerCall &&
                      tries[begins.back()].from() == tries[i].from();
    if (!fits) begins.push_back(i);
  }
  const auto end_of = [&](size_t call) {
    return call + 1 < begins.size() ? begins[call + 1] : tries.size();
  };
  using agent::v1::ProbeReport;
  const std::vector<absl::StatusOr<ProbeReport>> reports = GatherAll<ProbeReport>(
      begins.size(), [&](size_t call, std::function<void(absl::StatusOr<ProbeReport>)> done) {
        agent::v1::ProbeRequest request;
        *request.mutable_timeout() = ToProtoDuration(try_timeout);
        for (size_t i = begins[call]; i < end_of(call); ++i) {
          agent::v1::TcpTarget* target = request.add_targets()->mutable_tcp();
          target->set_address(tries[i].address());
          target->set_port(tries[i].port());
        }
        agents.Probe(tries[begins[call]].from(), request, deadline - absl::Now(), std::move(done));
      });
  std::vector<absl::StatusOr<agent::v1::ProbeResult>> results;
  for (size_t call = 0; call < begins.size(); ++call) {
    for (size_t i = begins[call]; i < end_of(call); ++i) {
      const int index = static_cast<int>(i - begins[call]);
      if (!reports[call].ok()) {
        results.emplace_back(reports[call].status());
      } else if (index < reports[call]->results_size()) {
        results.emplace_back(reports[call]->results(index));
      } else {
        results.emplace_back(absl::InternalError("the agent did not say what became of it"));
      }
    }
  }
  return results;
}

}  // namespace baton
