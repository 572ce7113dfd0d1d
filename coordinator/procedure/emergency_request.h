#pragma once

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// Checks what a request says of lost hosts, as far as that can be done without looking at the farm.
// INVALID_ARGUMENT for an emergency without a reason or a lost host; for lost hosts without an
// emergency, or of an undo or a failback; for one that is no host of the farm, is named twice, or
// shall get the Deployment Controller or become active; and for a confirmation that contradicts
// what is to be done about the host. Pure.
absl::Status CheckEmergency(const FarmFile& file, const plan::v1::ProcedureRequest& request);

// Checks a request that pays a debt: INVALID_ARGUMENT if its host is none of the farm's, or if it
// says anything that does not go with it. REQUIRES: it names one. Pure.
absl::Status CheckPay(const FarmFile& file, const plan::v1::ProcedureRequest& request);

}  // namespace baton
