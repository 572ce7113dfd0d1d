#pragma once

#include <string>

#include "baton/coordinator/v1/coordinator.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What `baton status` shows: who holds the roles, a line a host with what its services do, the
// active run, and what is not as it should be.
std::string RenderFarm(const coordinator::v1::Farm& farm, const Style& style);

// "fe2 has the Deployment Controller, fe1 the cache, epoch 7, held".
std::string RenderAssignment(const plan::v1::Assignment& assignment);

}  // namespace baton::ctl
