#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/time/clock.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// Everything that looks at the farm and changes no host: status, readiness, plans. Thread-safe.
class FarmView {
 public:
  // Borrows all.
  FarmView(const FarmFile& farm, Observer& observer, Journal& journal, RunBook& book, Clock& clock);

  coordinator::v1::Farm GetFarm();

  // Without a procedure: for every one that the farm is made for. INVALID_ARGUMENT for an unknown
  // host.
  absl::StatusOr<coordinator::v1::Readiness> CheckReadiness(
      const coordinator::v1::CheckReadinessRequest& request);

  // Errors of MakePlan, and of the journal that saves the plan.
  absl::StatusOr<plan::v1::Plan> CreatePlan(const coordinator::v1::CreatePlanRequest& request,
                                            const std::string& actor);

 private:
  // Observes what the request needs. While a run is active nobody listens on ports that it is to
  // start services on.
  plan::v1::Observation ObserveFor(const plan::v1::ProcedureRequest& request);

  // The findings, heaviest first, with those about the journal before them.
  std::vector<plan::v1::Finding> WithJournalTrouble(const plan::v1::Observation& observation,
                                                    std::vector<plan::v1::Finding> findings);

  const FarmFile& farm_;
  Observer& observer_;
  Journal& journal_;
  RunBook& book_;
  Clock& clock_;
};

}  // namespace baton
