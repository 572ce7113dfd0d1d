#pragma once

#include <string>

#include "baton/plan/v1/host.pb.h"

namespace baton {

// Whether a running service does its work, and how that was seen.
struct InitializationReport {
  // Unspecified if it cannot be told now.
  plan::v1::Initialization initialization = plan::v1::INITIALIZATION_UNSPECIFIED;
  // In words, ending with the system's own: "port 12000 refuses connections".
  std::string detail;
};

// Tells whether a service is initialised, as its profile demands: its ports answer, or its log says
// so. The platform's services start in two phases, and "running" is only the first. Thread-safe.
class InitializationProbe {
 public:
  virtual ~InitializationProbe() = default;

  // Looks once and returns soon.
  virtual InitializationReport Check(plan::v1::Service service) = 0;
};

}  // namespace baton
