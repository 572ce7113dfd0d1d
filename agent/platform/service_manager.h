#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

// The service manager of the operating system, by the platform's services. Leaf primitives only:
// each is one exchange with the system that returns soon. Waiting, deadlines, initialisation and
// reading back are written once above it, in GoalSeeker. An implementation knows the system's names
// from the profile.
//
// Errors of every function end with the system's own words. UNAVAILABLE and DEADLINE_EXCEEDED say
// that the system could not answer or would not take the request now, and that it may later: a busy
// service, a manager that restarts. Everything else is final: PERMISSION_DENIED for missing rights,
// INTERNAL for what the system did not explain better. Thread-safe.
class ServiceManager {
 public:
  virtual ~ServiceManager() = default;

  // The service as it is now: run state, startup type, detail and can_disable; `initialization`
  // stays unset. A service that the host does not have is ABSENT and no error.
  virtual absl::StatusOr<plan::v1::ServiceState> Query(plan::v1::Service service) = 0;

  // Asks the system to start a service and does not wait for it. Ok also if it runs or starts
  // already. NOT_FOUND if the host has no such service; FAILED_PRECONDITION if it is disabled.
  virtual absl::Status RequestStart(plan::v1::Service service) = 0;

  // Asks the system to stop a service and does not wait for it. Ok also if it stops or is stopped
  // already. NOT_FOUND if the host has no such service; UNAVAILABLE if it takes no stop now, which
  // the platform's services do while they initialise.
  virtual absl::Status RequestStop(plan::v1::Service service) = 0;

  // Sets when a service starts by itself, so that Query shows it at once. `startup_type` is
  // AUTOMATIC, MANUAL or DISABLED. NOT_FOUND if the host has no such service; FAILED_PRECONDITION
  // if the system cannot express that type for it.
  virtual absl::Status SetStartupType(plan::v1::Service service,
                                      plan::v1::StartupType startup_type) = 0;
};

}  // namespace baton
