#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "common/time/clock.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/observer.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// Records which host holds the roles, at a new epoch, and tells every agent: for a first install,
// after work by hand, or when the coordinator lost its disk. Then the journal starts behind the
// highest anchor that the agents know, and the claim replaces every anchor. Thread-safe.
class Adopter {
 public:
  // Borrows all. `coordinator_address` is where guards find the Baton coordinator; may be empty.
  Adopter(const FarmFile& farm, Observer& observer, Journal& journal, RunBook& book,
          AgentClient& agents, Clock& clock, std::string incarnation,
          std::string coordinator_address);

  // Errors as coordinator.proto lists for Adopt. After UNAVAILABLE some agents may know already;
  // adopt again once all answer.
  absl::StatusOr<plan::v1::Assignment> Adopt(const coordinator::v1::AdoptRequest& request,
                                             const std::string& actor);

 private:
  absl::Status CheckRequest(const coordinator::v1::AdoptRequest& request);
  absl::Status PrepareJournal(const plan::v1::Observation& observation);
  absl::StatusOr<StoredRecord> Record(const plan::v1::Assignment& assignment,
                                      const std::string& reason, const std::string& actor);
  absl::Status Claim(const plan::v1::Assignment& assignment, const plan::v1::Anchor& anchor);
  absl::Status Assign(const plan::v1::Assignment& assignment, const plan::v1::Anchor& anchor);

  const FarmFile& farm_;
  Observer& observer_;
  Journal& journal_;
  RunBook& book_;
  AgentClient& agents_;
  Clock& clock_;
  const std::string incarnation_;
  const std::string coordinator_address_;
};

}  // namespace baton
