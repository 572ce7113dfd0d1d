#include "coordinator/runtime/observer.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "coordinator/procedure/reach_plan.h"
#include "coordinator/procedure/sighting_plan.h"
#include "coordinator/runtime/gather.h"
#include "coordinator/runtime/reach_tester.h"
#include "coordinator/runtime/witnesses.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using google::protobuf::util::TimeUtil;
using plan::v1::HostObservation;

// In the farm file's order; those of hosts that it no longer has come last.
void AddDebts(const FarmFile& farm, std::vector<plan::v1::Debt> debts,
              plan::v1::Observation& observation) {
  const auto place = [&farm](const plan::v1::Debt& debt) {
    const auto& hosts = farm.hosts;
    return std::find_if(hosts.begin(), hosts.end(),
                        [&debt](const FarmHost& host) { return host.name == debt.host(); }) -
           hosts.begin();
  };
  std::stable_sort(debts.begin(), debts.end(),
                   [&place](const auto& a, const auto& b) { return place(a) < place(b); });
  *observation.mutable_debts() = {debts.begin(), debts.end()};
}

}  // namespace

HostObservation ObservationOf(const std::string& name, absl::StatusOr<plan::v1::Host> host,
                              absl::Time sent, absl::Duration round_trip) {
  HostObservation observation;
  observation.set_host(name);
  *observation.mutable_round_trip() =
      TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(round_trip));
  if (!host.ok()) {
    observation.set_error(std::string(host.status().message()));
    return observation;
  }
  const absl::Time remote =
      absl::FromUnixNanos(TimeUtil::TimestampToNanoseconds(host->facts().clock_time()));
  *observation.mutable_clock_offset() =
      TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(remote - (sent + round_trip / 2)));
  *observation.mutable_state() = *std::move(host);
  return observation;
}

Observer::Observer(const FarmFile& farm, AgentClient& agents, const SecretStore& secrets,
                   const LicenseStore& licenses, HookRunner& hooks, Clock& clock,
                   std::vector<std::string> own_addresses, DebtSource debts)
    : farm_(farm),
      agents_(agents),
      secrets_(secrets),
      licenses_(licenses),
      hooks_(hooks),
      clock_(clock),
      own_addresses_(std::move(own_addresses)),
      debts_(std::move(debts)) {}

plan::v1::Observation Observer::Observe() {
  plan::v1::Observation observation;
  const absl::Duration deadline = clock_.Monotonic() + farm_.observe_timeout;
  for (absl::StatusOr<HostObservation>&host : GatherAll<HostObservation>(
           farm_.hosts.size(),
           [this, deadline](size_t i, std::function<void(absl::StatusOr<HostObservation>)> done) {
             const std::string name = farm_.hosts[i].name;
             const absl::Time sent = clock_.Now();
             const absl::Duration start = clock_.Monotonic();
             agents_.GetHost(
                 name, {}, deadline - start,
                 [name, sent, start, this,
                  done = std::move(done)](absl::StatusOr<plan::v1::Host> state) {
                   done(ObservationOf(name, std::move(state), sent, clock_.Monotonic() - start));
                 });
           })) {
    *observation.add_hosts() = *std::move(host);
  }
  *observation.mutable_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(clock_.Now()));
  for (const std::string& address : own_addresses_) {
    observation.add_coordinator_addresses(address);
  }
  for (plan::v1::SecretCheck& check : secrets_.Test()) {
    *observation.add_secrets() = std::move(check);
  }
  for (plan::v1::StagedLicense& staged : licenses_.Look()) {
    *observation.add_licenses() = std::move(staged);
  }
  for (const FarmHook& hook : farm_.hooks) {
    plan::v1::HookCheck& check = *observation.add_hooks();
    check.set_name(hook.name);
    check.set_error(std::string(hooks_.Check(hook.command.front()).message()));
  }
  AddDebts(farm_, debts_(), observation);
  return observation;
}

plan::v1::Observation Observer::ObserveWithWitnesses(const plan::v1::ProcedureRequest& request) {
  plan::v1::Observation observation = Observe();
  const ObservedFarm farm(farm_, observation);
  std::vector<plan::v1::Sighting> sightings =
      Look(PlanSightings(farm, request), agents_, kLookTimeout);
  *observation.mutable_sightings() = {sightings.begin(), sightings.end()};
  return observation;
}

plan::v1::Observation Observer::ObserveFor(const plan::v1::ProcedureRequest& request) {
  // An undo gives nobody a role that it did not have a moment ago.
  if (farm_.reach_timeout == absl::ZeroDuration() || !request.undoes().empty()) {
    return ObserveWithWitnesses(request);
  }
  plan::v1::Observation observation = Observe();
  const ObservedFarm farm(farm_, observation);
  // Joined below: whoever looks for silent hosts waits for them, and that takes its time.
  std::vector<plan::v1::Sighting> sightings;
  std::thread looks([&] { sightings = Look(PlanSightings(farm, request), agents_, kLookTimeout); });
  std::vector<plan::v1::PortReach> reach =
      TryReach(farm, PlanReach(farm, request), agents_, farm_.reach_timeout);
  looks.join();
  *observation.mutable_reach() = {reach.begin(), reach.end()};
  *observation.mutable_sightings() = {sightings.begin(), sightings.end()};
  return observation;
}

}  // namespace baton
