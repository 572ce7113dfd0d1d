#include "coordinator/runtime/reach_tester.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "coordinator/runtime/gather.h"
#include "coordinator/runtime/try_ports.h"

namespace baton {
namespace {

using agent::v1::ListenReport;
using plan::v1::PortReach;

// Shares of the time: agents that listen answer at once, or not in time; a try gets long enough for
// a second packet where the first was lost.
constexpr double kListenShare = 0.25;
constexpr double kTryShare = 0.6;

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
          *request.mutable_duration() = ToProtoDuration(timeout);
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
  const std::vector<absl::StatusOr<agent::v1::ProbeResult>> results =
      TryPorts(plan.tries, agents, kTryShare * timeout, deadline);
  std::vector<PortReach> reach = JudgeListens(farm, listeners.reports());
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].ok()) continue;
    std::optional<PortReach> judged =
        JudgeTry(plan, listeners.reports(), plan.tries[i], *results[i]);
    if (judged.has_value()) reach.push_back(*std::move(judged));
  }
  return reach;
}

}  // namespace baton
