#pragma once

#include <string>

#include "absl/time/time.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// Facts of this host as the operating system tells them now. `state_folder` and
// `configuration_folder` say whose free space counts. What the system does not tell stays unset.
// Thread-safe.
plan::v1::HostFacts ReadHostFacts(const std::string& state_folder,
                                  const std::string& configuration_folder, absl::Time now);

}  // namespace baton
