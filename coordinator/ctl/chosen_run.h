#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/session.h"

namespace baton::ctl {

// The run that the command line names, else the newest. NOT_FOUND if there is none.
absl::StatusOr<std::string> ChosenRun(Session& session, CoordinatorClient& client);

}  // namespace baton::ctl
