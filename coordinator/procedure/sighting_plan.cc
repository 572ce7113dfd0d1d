#include "coordinator/procedure/sighting_plan.h"

#include <algorithm>
#include <string>

#include "coordinator/procedure/participation.h"

namespace baton {
namespace {

using plan::v1::ServiceProfile;
using plan::v1::Sighting;

// A port that is tried of one host.
struct Target {
  const FarmHost* host = nullptr;
  std::string address;
  uint32_t port = 0;
  plan::v1::SightedPort kind = plan::v1::SIGHTED_PORT_UNSPECIFIED;
};

class Planner {
 public:
  Planner(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request)
      : farm_(farm), participants_(farm.file(), request), to_(request.to()) {}

  std::vector<Sighting> Plan() const {
    std::vector<Target> targets;
    for (const FarmHost* host : Sought()) AddTargets(*host, targets);
    std::vector<Sighting> sightings;
    if (targets.empty()) return sightings;
    for (const FarmHost* witness : Witnesses()) {
      for (const Target& target : targets) {
        if (target.host == witness) continue;
        Sighting& sighting = sightings.emplace_back();
        sighting.set_from(witness->name);
        sighting.set_host(target.host->name);
        sighting.set_address(target.address);
        sighting.set_port(target.port);
        sighting.set_kind(target.kind);
      }
    }
    return sightings;
  }

 private:
  bool Lost(const FarmHost& host) const { return participants_.FindLost(host.name) != nullptr; }
  bool Answers(const FarmHost& host) const { return farm_.State(host.name) != nullptr; }

  // Hosts for which `rank` gives a number, those with the lowest first, else in the file's order.
  template <typename Rank>
  std::vector<const FarmHost*> Ranked(int ranks, size_t count_max, const Rank& rank) const {
    std::vector<const FarmHost*> hosts;
    for (int wanted = 0; wanted < ranks; ++wanted) {
      for (const FarmHost& host : farm_.file().hosts) {
        if (rank(host) == wanted && hosts.size() < count_max) hosts.push_back(&host);
      }
    }
    return hosts;
  }

  std::vector<const FarmHost*> Sought() const {
    const std::string controller = FindController(farm_).host;
    return Ranked(3, kSightedHostsMax, [&](const FarmHost& host) {
      if (Lost(host)) return 0;
      const plan::v1::HostObservation* seen = farm_.Find(host.name);
      const bool silent = !Answers(host) && (seen == nullptr || !seen->no_agent());
      if (!silent) return -1;
      return host.name == controller ? 1 : 2;
    });
  }

  std::vector<const FarmHost*> Witnesses() const {
    return Ranked(3, kWitnessesMax, [&](const FarmHost& host) {
      if (!Answers(host)) return -1;
      if (host.name == to_) return 0;
      return Lost(host) ? 2 : 1;
    });
  }

  void AddTargets(const FarmHost& host, std::vector<Target>& targets) const {
    const plan::v1::HostObservation* seen = farm_.Find(host.name);
    if (seen == nullptr || !seen->no_agent()) {
      targets.push_back(
          {&host, host.agent_address.host, host.agent_address.port, plan::v1::SIGHTED_AGENT});
    }
    for (const plan::v1::Service service :
         {plan::v1::CONTROLLER, plan::v1::DEPLOYMENT, plan::v1::SCHEDULER}) {
      const plan::v1::SightedPort kind = service == plan::v1::CONTROLLER
                                             ? plan::v1::SIGHTED_CONTROLLER
                                             : plan::v1::SIGHTED_APPLICATION;
      for (const uint32_t port : PortsOf(host, service)) {
        targets.push_back({&host, host.platform_address, port, kind});
      }
    }
  }

  // By the host's own profile, or by that of the first host that tells.
  std::vector<uint32_t> PortsOf(const FarmHost& host, plan::v1::Service service) const {
    if (Answers(host)) return PortsIn(*farm_.State(host.name), service);
    for (const FarmHost& other : farm_.file().hosts) {
      if (!Answers(other)) continue;
      std::vector<uint32_t> ports = PortsIn(*farm_.State(other.name), service);
      if (!ports.empty()) return ports;
    }
    return {};
  }

  static std::vector<uint32_t> PortsIn(const plan::v1::Host& host, plan::v1::Service service) {
    for (const ServiceProfile& profile : host.profile().services()) {
      if (profile.service() == service) return {profile.ports().begin(), profile.ports().end()};
    }
    return {};
  }

  const ObservedFarm& farm_;
  const Participants participants_;
  const std::string& to_;
};

}  // namespace

std::vector<Sighting> PlanSightings(const ObservedFarm& farm,
                                    const plan::v1::ProcedureRequest& request) {
  return Planner(farm, request).Plan();
}

}  // namespace baton
