#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/runtime/run_book.h"
#include "coordinator/runtime/run_driver.h"
#include "coordinator/runtime/run_rules.h"

namespace baton {

// Starts, stops and resumes the farm's one active run. Every request is checked here, and only
// here; errors are those that coordinator.proto lists. Thread-safe.
class RunControl {
 public:
  // Borrows all. `incarnation` is the random id of this start of the coordinator; `name` its own
  // name in its certificate.
  RunControl(const FarmFile& farm, Observer& observer, const RunDriver::World& world,
             std::string incarnation, std::string name);

  // Decides about the run that was active when the coordinator went away: goes on with it or pauses
  // it. Call once, before the first request is served.
  absl::Status TakeOver();

  absl::StatusOr<plan::v1::Run> Start(const coordinator::v1::StartRunRequest& request,
                                      const std::string& actor);

  // Asks the run to pause, or with `cancel` to end, at the next step boundary.
  absl::StatusOr<plan::v1::Run> Stop(const coordinator::v1::StopRunRequest& request, bool cancel,
                                     const std::string& actor);

  // Goes on with a paused run as a person decided; returns once the decision is durable.
  absl::StatusOr<plan::v1::Run> Resume(const coordinator::v1::ResumeRunRequest& request,
                                       const std::string& actor);

  // Answers the gate that the run waits at; returns once the answer is durable.
  absl::StatusOr<plan::v1::Run> Answer(const coordinator::v1::AnswerGateRequest& request,
                                       const std::string& actor);

  // Why no record can be written; ok if they can. After a failed write only a new start helps.
  absl::Status status();

 private:
  absl::Status CheckDriver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status CheckActive(absl::string_view run);
  // Waits until what a person said about a run is durable, and returns the run. The driver's
  // errors; DEADLINE_EXCEEDED, beginning with `what`, if it takes too long.
  absl::StatusOr<plan::v1::Run> Await(const std::string& run, absl::string_view what,
                                      const std::function<bool(const plan::v1::Run&)>& durable)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const FarmFile& farm_;
  Observer& observer_;
  const RunDriver::World world_;
  const RunRules rules_;
  Mutex mutex_;
  std::unique_ptr<RunDriver> driver_ ABSL_GUARDED_BY(mutex_);  // of the newest run
};

}  // namespace baton
