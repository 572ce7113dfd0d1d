#pragma once

#include <vector>

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// Marks the findings that the request accepts, by name. One that is accepted and not there is a
// finding of its own, `acceptance-unused`. INVALID_ARGUMENT, saying why, for a name that is no
// finding's, a finding that may not or need not be accepted, or no reason. Pure.
absl::Status AcceptFindings(const plan::v1::ProcedureRequest& request,
                            std::vector<plan::v1::Finding>& findings);

}  // namespace baton
