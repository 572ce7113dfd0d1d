#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/agent/v1/agent.pb.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// A request for the claim of a host, with the farm, and whom its guard asks from then on: every
// other host of the farm file, and the Baton coordinator at `coordinator_address`, which may be
// empty. Claim and end of the journal are left to the caller. Pure.
agent::v1::ClaimRequest ClaimRequestFor(const FarmFile& farm, absl::string_view host,
                                        const std::string& coordinator_address);

}  // namespace baton
