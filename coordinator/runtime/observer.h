#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/time/clock.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/hooks/hook_runner.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/licenses/license_store.h"
#include "coordinator/secrets/secret_store.h"

namespace baton {

// How long hosts may look for those that are silent, all together: long enough for a second packet
// where the first was lost.
inline constexpr absl::Duration kLookTimeout = absl::Seconds(2);

// What hosts owe, in any order, as the journal has it now. Thread-safe.
using DebtSource = std::function<std::vector<plan::v1::Debt>()>;

// Reads every host of a farm at the same time, all by one deadline, the farm file's
// observe_timeout, tries secrets and programs of hooks, and looks at the staged licenses.
// Thread-safe.
class Observer {
 public:
  // Borrows all. `own_addresses` are those of the machine that the coordinator runs on.
  Observer(const FarmFile& farm, AgentClient& agents, const SecretStore& secrets,
           const LicenseStore& licenses, HookRunner& hooks, Clock& clock,
           std::vector<std::string> own_addresses, DebtSource debts);

  // One entry for each host, in the farm file's order; silent hosts say why. Takes observe_timeout
  // at the longest, however many hosts are silent.
  plan::v1::Observation Observe();

  // The same, and what hosts that answer see of those that do not or that the request names lost,
  // see PlanSightings. Takes kLookTimeout longer at the longest, and no longer where all answer.
  plan::v1::Observation ObserveWithWitnesses(const plan::v1::ProcedureRequest& request);

  // The same, and what hosts reach of each other as far as a run of the request needs it, see
  // PlanReach; nothing for an undo. Takes kLookTimeout or reach_timeout longer, whichever is more.
  plan::v1::Observation ObserveFor(const plan::v1::ProcedureRequest& request);

 private:
  const FarmFile& farm_;
  AgentClient& agents_;
  const SecretStore& secrets_;
  const LicenseStore& licenses_;
  HookRunner& hooks_;
  Clock& clock_;
  const std::vector<std::string> own_addresses_;
  const DebtSource debts_;
};

// What became of one host, as good as an answer: an error of the call is part of it. The request
// was sent at `sent`, by the coordinator's clock.
plan::v1::HostObservation ObservationOf(const std::string& name,
                                        absl::StatusOr<plan::v1::Host> host, absl::Time sent,
                                        absl::Duration round_trip);

}  // namespace baton
