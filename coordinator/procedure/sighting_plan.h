#pragma once

#include <cstddef>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Hosts that are looked for, and hosts that look. A farm with more leaves some out: of the first,
// those that are kept are the ones that the request names lost, then the one that has the
// Deployment Controller, then the others that are silent, in the farm file's order; of the second,
// the new Deployment Controller, then the others in the farm file's order, lost ones last.
inline constexpr size_t kSightedHostsMax = 16;
inline constexpr size_t kWitnessesMax = 64;

// Who looks for whom: every host that answers, the witness, tries the ports of every host that does
// not, or that the request names lost: its agent, its Deployment Controller, and the services that
// serve applications. Ports of services are those of the host's own profile, or where it does not
// answer those that the first host has that does. `from`, `host`, `address`, `port` and `kind` are
// set; those of a witness stand together. A host without an agent is not expected to answer, and
// looked for only if it is named lost. Pure.
std::vector<plan::v1::Sighting> PlanSightings(const ObservedFarm& farm,
                                              const plan::v1::ProcedureRequest& request);

}  // namespace baton
