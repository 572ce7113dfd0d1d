#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/daemon/daemon.h"
#include "coordinator/config/coordinator_config.h"

namespace baton {

// Builds the Baton coordinator from its configuration and starts it: the one place that knows which
// implementations stand behind the interfaces. Errors name the file, folder or address that is
// wrong.
absl::StatusOr<std::unique_ptr<Daemon>> StartCoordinator(const CoordinatorConfig& config);

}  // namespace baton
