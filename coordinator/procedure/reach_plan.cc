#include "coordinator/procedure/reach_plan.h"

#include <algorithm>

#include "common/config/address.h"
#include "coordinator/procedure/cache_move.h"

namespace baton {
namespace {

using plan::v1::PortReach;
using plan::v1::ServiceProfile;
using plan::v1::ServiceState;

PortReach Try(const std::string& from, const std::string& to, const std::string& address,
              uint32_t port) {
  PortReach attempt;
  attempt.set_from(from);
  attempt.set_to(to);
  attempt.set_address(address);
  attempt.set_port(port);
  return attempt;
}

// Builds a plan.
class Planner {
 public:
  Planner(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request) : farm_(farm) {
    const Participants participants(farm.file(), request);
    for (const FarmHost& host : farm.file().hosts) {
      const bool takes_part = participants.Of(host.name) == Participation::kWorkedOn;
      if (takes_part && farm.State(host.name) != nullptr) hosts_.push_back(&host);
    }
  }

  // Every host reaches the service on `to`, by the agent's help where it is down.
  void ReachFromAll(const std::string& to, plan::v1::Service service) {
    const FarmHost* entry = farm_.file().Find(to);
    if (entry == nullptr || farm_.State(to) == nullptr) return;
    const ServiceState* state = farm_.Service(to, service);
    const bool down = state == nullptr || state->run_state() == plan::v1::STOPPED ||
                      state->run_state() == plan::v1::FAILED;
    if (!down && !Serves(state)) return;  // it is on its way up or down: nothing is to be learnt
    for (const uint32_t port : PortsOf(to, service)) {
      if (down) plan_.listens[to].push_back(port);
      for (const FarmHost* from : hosts_) Add(Try(from->name, to, entry->platform_address, port));
    }
  }

  // `from` reaches the services by which a Deployment Controller works on front-ends.
  void ReachFrontEnds(const std::string& from) {
    if (farm_.State(from) == nullptr) return;
    for (const FarmHost* to : hosts_) {
      if (to->name == from || !to->front_end) continue;
      for (const plan::v1::Service service : {plan::v1::DEPLOYMENT, plan::v1::SCHEDULER}) {
        if (!Serves(farm_.Service(to->name, service))) continue;
        for (const uint32_t port : PortsOf(to->name, service)) {
          Add(Try(from, to->name, to->platform_address, port));
        }
      }
    }
  }

  // Every host reaches its databases.
  void ReachDatabases() {
    for (const FarmHost* host : hosts_) {
      for (const std::string& database : farm_.State(host->name)->configuration().databases()) {
        const std::optional<HostPort> place = ParseHostPort(database);
        if (place.has_value()) Add(Try(host->name, "", place->host, place->port));
      }
    }
  }

  ReachPlan Take() {
    for (const FarmHost* host : hosts_) {
      std::vector<PortReach>& tries = tries_[host->name];
      tries.resize(std::min(tries.size(), kReachTriesMax));
      for (PortReach& attempt : tries) plan_.tries.push_back(std::move(attempt));
    }
    return std::move(plan_);
  }

 private:
  void Add(PortReach attempt) { tries_[attempt.from()].push_back(std::move(attempt)); }

  std::vector<uint32_t> PortsOf(const std::string& host, plan::v1::Service service) const {
    for (const ServiceProfile& profile : farm_.State(host)->profile().services()) {
      if (profile.service() == service) return {profile.ports().begin(), profile.ports().end()};
    }
    return {};
  }

  const ObservedFarm& farm_;
  std::vector<const FarmHost*> hosts_;  // those that answered and are not left out
  std::map<std::string, std::vector<PortReach>> tries_;
  ReachPlan plan_;
};

// The hosts that would get the Deployment Controller.
std::vector<std::string> Targets(const ObservedFarm& farm,
                                 const plan::v1::ProcedureRequest& request) {
  if (!request.to().empty()) return {request.to()};
  if (request.procedure() == plan::v1::ACTIVATE_PASSIVE) return {};
  std::vector<std::string> candidates = Candidates(farm);
  candidates.resize(std::min(candidates.size(), kReachCandidatesMax));
  return candidates;
}

}  // namespace

std::vector<std::string> Candidates(const ObservedFarm& farm) {
  const std::string present = FindController(farm).host;
  std::vector<std::string> candidates;
  for (const FarmHost& host : farm.file().hosts) {
    const bool able = farm.Service(host.name, plan::v1::CONTROLLER) != nullptr;
    if (able && host.name != present && !farm.LeftOut(host.name)) candidates.push_back(host.name);
  }
  return candidates;
}

ReachPlan PlanReach(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request) {
  const std::vector<std::string> targets = Targets(farm, request);
  const bool cache_may_move =
      request.procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE ||
      (request.procedure() == plan::v1::PROCEDURE_UNSPECIFIED && HasCache(farm));
  Planner planner(farm, request);
  for (const std::string& to : targets) {
    planner.ReachFromAll(to, plan::v1::CONTROLLER);
    if (cache_may_move) planner.ReachFromAll(to, plan::v1::CACHE);
  }
  const std::string present = FindController(farm).host;
  const bool looks_at_present =
      request.to().empty() && Serves(farm.Service(present, plan::v1::CONTROLLER));
  if (looks_at_present) planner.ReachFromAll(present, plan::v1::CONTROLLER);
  planner.ReachDatabases();
  for (const std::string& to : targets) planner.ReachFrontEnds(to);
  return planner.Take();
}

std::optional<PortReach> JudgeTry(const ReachPlan& plan, const ListenReports& reports,
                                  PortReach attempt, const agent::v1::ProbeResult& result) {
  const auto wanted = plan.listens.find(attempt.to());
  const bool needs_listener =
      wanted != plan.listens.end() && std::find(wanted->second.begin(), wanted->second.end(),
                                                attempt.port()) != wanted->second.end();
  bool listens = attempt.to().empty();  // a database that refuses is as bad as one that is silent
  if (needs_listener) {
    const auto host = reports.find(attempt.to());
    if (host == reports.end()) return std::nullopt;
    const auto port = host->second.find(attempt.port());
    listens = port != host->second.end() && port->second.listening();
    if (!listens) return std::nullopt;
  }
  if (result.verdict() == plan::v1::REFUSES && !listens) return std::nullopt;
  attempt.set_reached(result.verdict() == plan::v1::ACCEPTS);
  attempt.set_detail(result.detail());
  return attempt;
}

std::vector<PortReach> JudgeListens(const ObservedFarm& farm, const ListenReports& reports) {
  std::vector<PortReach> failed;
  for (const auto& [host, ports] : reports) {
    for (const auto& [port, result] : ports) {
      if (result.listening()) continue;
      PortReach attempt = Try(host, host, farm.file().Find(host)->platform_address, port);
      attempt.set_detail(result.detail());
      failed.push_back(std::move(attempt));
    }
  }
  return failed;
}

}  // namespace baton
