#include "coordinator/runtime/claim_request.h"

namespace baton {

agent::v1::ClaimRequest ClaimRequestFor(const FarmFile& farm, absl::string_view host,
                                        const std::string& coordinator_address) {
  agent::v1::ClaimRequest request;
  request.set_farm_id(farm.farm_id);
  for (const FarmHost& other : farm.hosts) {
    if (other.name == host || other.agent_address.host.empty()) continue;
    plan::v1::Peer& peer = *request.add_peers();
    peer.set_name(other.name);
    peer.set_agent_address(other.agent_address.ToString());
  }
  request.set_coordinator_address(coordinator_address);
  return request;
}

}  // namespace baton
