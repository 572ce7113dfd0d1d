#include "coordinator/runtime/reach_tester.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "coordinator/runtime/gather.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using agent::v1::ListenReport;
using agent::v1::ProbeReport;
using plan::v1::PortReach;

// Shares of the time: agents that listen answer at once, or not in time; a try gets long enough for
// a second packet where the first was lost.
constexpr double kListenShare = 0.25;
constexpr double kTryShare = 0.6;
// Tries of one call: as many as an agent works on at the same time, so that no try waits for
// another.
constexpr size_t kTriesPerCall = 16;

google::protobuf::Duration ToProto(absl::Duration duration) {
  return google::protobuf::util::TimeUtil::NanosecondsToDuration(
      absl::ToInt64Nanoseconds(duration));
}

// Tries of one host that go in one call.
using Call = std::vector<const PortReach*>;

std::vector<Call> CallsFor(const ReachPlan& plan) {
  std::vector<Call> calls;
  for (const PortReach& attempt : plan.tries) {
    const bool fits = !calls.empty() && calls.back().size() < kTriesPerCall &&
                      calls.back().front()->from() == attempt.from();
    if (!fits) calls.emplace_back();
    calls.back().push_back(&attempt);
  }
  return calls;
}

agent::v1::ProbeRequest RequestFor(const Call& call, absl::Duration timeout) {
  agent::v1::ProbeRequest request;
  *request.mutable_timeout() = ToProto(timeout);
  for (const PortReach* attempt : call) {
    agent::v1::TcpTarget* target = request.add_targets()->mutable_tcp();
    target->set_address(attempt->address());
    target->set_port(attempt->port());
  }
  return request;
}

// Agents that listen, for as long as it lives.
class Listeners {
 public:
  // Waits until all have answered, for a share of `timeout` at most.
  Listeners(const ReachPlan& plan, AgentClient& agents, absl::Duration timeout) {
    const std::vector<std::pair<std::string, std::vector<uint32_t>>> hosts(plan.listens.begin(),
                                                                           plan.listens.end());
    const std::vector<absl::StatusOr<ListenReport>> answers = GatherUntil<ListenReport>(
        absl::Now() + kListenShare * timeout, hosts.size(),
        [&](size_t i, std::function<void(absl::StatusOr<ListenReport>)> done) {
          agent::v1::ListenRequest request;
          *request.mutable_ports() = {hosts[i].second.begin(), hosts[i].second.end()};
          *request.mutable_duration() = ToProto(timeout);
          cancels_.push_back(agents.Listen(hosts[i].first, request, timeout, std::move(done)));
        });
    for (size_t i = 0; i < hosts.size(); ++i) {
      if (!answers[i].ok()) continue;
      for (const agent::v1::ListenResult& result : answers[i]->results()) {
        reports_[hosts[i].first][result.port()] = result;
      }
    }
  }
  ~Listeners() {
    for (const AgentClient::Cancel& cancel : cancels_) cancel();
  }
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;

  const ListenReports& reports() const { return reports_; }

 private:
  std::vector<AgentClient::Cancel> cancels_;
  ListenReports reports_;
};

}  // namespace

std::vector<PortReach> TryReach(const ObservedFarm& farm, const ReachPlan& plan,
                                AgentClient& agents, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  const Listeners listeners(plan, agents, timeout);
  const std::vector<Call> calls = CallsFor(plan);
  const std::vector<absl::StatusOr<ProbeReport>> reports = GatherAll<ProbeReport>(
      calls.size(), [&](size_t i, std::function<void(absl::StatusOr<ProbeReport>)> done) {
        agents.Probe(calls[i].front()->from(), RequestFor(calls[i], kTryShare * timeout),
                     deadline - absl::Now(), std::move(done));
      });
  std::vector<PortReach> reach = JudgeListens(farm, listeners.reports());
  for (size_t i = 0; i < calls.size(); ++i) {
    if (!reports[i].ok()) continue;
    const size_t count = std::min(calls[i].size(), static_cast<size_t>(reports[i]->results_size()));
    for (size_t j = 0; j < count; ++j) {
      std::optional<PortReach> judged = JudgeTry(plan, listeners.reports(), *calls[i][j],
                                                 reports[i]->results(static_cast<int>(j)));
      if (judged.has_value()) reach.push_back(*std::move(judged));
    }
  }
  return reach;
}

}  // namespace baton
