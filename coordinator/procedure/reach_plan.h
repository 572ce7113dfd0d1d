#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "baton/agent/v1/agent.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Hosts that are tried as the new Deployment Controller when none is named; a limit for farms whose
// every host could be one.
inline constexpr size_t kReachCandidatesMax = 8;
// Tries of one host. Beyond it first services of front-ends, then databases are left out.
inline constexpr size_t kReachTriesMax = 128;

// What hosts try before a run, and who listens for it meanwhile.
struct ReachPlan {
  // Ports by host that its agent listens on, because the service that will is down.
  std::map<std::string, std::vector<uint32_t>> listens;
  // `from`, `to`, `address` and `port` are set; those of a host stand together.
  std::vector<plan::v1::PortReach> tries;
};

// What shows whether a run of the request would get stuck in the network: every host reaches the
// new Deployment Controller (with the cache, where that moves, or may if no procedure is set) and
// its own databases, and the new one reaches the services of every front-end. Without a new one:
// the present one, and every candidate. Only hosts that answered take part, and none that the
// request leaves out. Pure.
ReachPlan PlanReach(const ObservedFarm& farm, const plan::v1::ProcedureRequest& request);

// Hosts that could get the Deployment Controller: they have its service, and not the role. In the
// farm file's order.
std::vector<std::string> Candidates(const ObservedFarm& farm);

// What agents reported of the ports that they were to listen on: by host, and by port.
using ListenReports = std::map<std::string, std::map<uint32_t, agent::v1::ListenResult>>;

// What a try came to; nothing where it proves nothing: the host refuses, and it is not known that
// something listens there.
std::optional<plan::v1::PortReach> JudgeTry(const ReachPlan& plan, const ListenReports& reports,
                                            plan::v1::PortReach attempt,
                                            const agent::v1::ProbeResult& result);

// Ports of a new Deployment Controller that something has which does not answer, or that its agent
// could not listen on: tries of the host with itself that failed.
std::vector<plan::v1::PortReach> JudgeListens(const ObservedFarm& farm,
                                              const ListenReports& reports);

}  // namespace baton
