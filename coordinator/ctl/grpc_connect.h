#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/fs/file_system.h"
#include "common/time/clock.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/ctl/options.h"

namespace baton::ctl {

// A client for the Baton coordinator that the options mean. It connects when first used.
// UNAUTHENTICATED if no identity folder is there or it cannot be used. `files` and `clock` must
// outlive the client.
absl::StatusOr<std::unique_ptr<CoordinatorClient>> Connect(const Options& options,
                                                           FileSystem& files, Clock& clock,
                                                           const std::string& home);

}  // namespace baton::ctl
