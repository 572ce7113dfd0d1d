#pragma once

#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks for or against a move as far as the license, the modules and what the platform's
// tools ask for are concerned. Without `request.to()` only what does not depend on it. Pure.
std::vector<plan::v1::Finding> FindLicenseTrouble(const ObservedFarm& farm,
                                                  const plan::v1::ProcedureRequest& request);

}  // namespace baton
