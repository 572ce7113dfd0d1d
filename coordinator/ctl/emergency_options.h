#pragma once

#include <vector>

#include "absl/status/status.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {

// The arguments that say which hosts a procedure does without.
std::vector<Argument> EmergencyArguments();

// Writes them into the request. INVALID_ARGUMENT, saying what is right, for words that cannot be
// written there: a policy that is none, of a host that is not named lost, or said twice.
absl::Status AddEmergencyOptions(const Options& options, plan::v1::ProcedureRequest& request);

}  // namespace baton::ctl
