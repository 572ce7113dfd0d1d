#include "deploy/lab/standin/host_facts.h"

#include "common/status/status_macros.h"

namespace baton::standin {

absl::StatusOr<HostFacts> ReadHostFacts(const HostState& state) {
  HostFacts facts;
  ASSIGN_OR_RETURN(facts.name, state.ReadWord("name"));
  ASSIGN_OR_RETURN(facts.address, state.ReadWord("address"));
  ASSIGN_OR_RETURN(facts.serial, state.ReadWord("serial"));
  return facts;
}

absl::StatusOr<Session> DatabaseSession(const HostFacts& host, const std::string& database,
                                        const std::string& introduction) {
  ASSIGN_OR_RETURN(const Endpoint endpoint, ParseEndpoint(database));
  return Session(endpoint, host.address, introduction);
}

}  // namespace baton::standin
