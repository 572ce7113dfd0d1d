#pragma once

#include "absl/time/time.h"
#include "agent/operation/goal_seeker.h"
#include "agent/operation/sleeper.h"
#include "agent/platform/initialization_probe.h"
#include "agent/platform/service_manager.h"
#include "baton/plan/v1/host.pb.h"
#include "common/time/clock.h"

namespace baton {

// Carries out what a GoalSeeker wants. Thread-safe, as its parts are; they must outlive it.
class GoalRunner {
 public:
  GoalRunner(ServiceManager& services, InitializationProbe& probe, Clock& clock, Sleeper& sleeper);

  // Seeks `goal` and returns what came of it, after `timeout` and one exchange with the system at
  // the latest. INTERRUPTED if the sleeper was cancelled: nothing is undone. REQUIRES: as
  // GoalSeeker.
  goal::Done Run(const plan::v1::ServiceGoal& goal, absl::Duration timeout);

 private:
  ServiceManager& services_;
  InitializationProbe& probe_;
  Clock& clock_;
  Sleeper& sleeper_;
};

}  // namespace baton
