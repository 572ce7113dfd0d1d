#include "coordinator/runtime/observer.h"

#include <utility>

#include "coordinator/procedure/reach_plan.h"
#include "coordinator/runtime/gather.h"
#include "coordinator/runtime/reach_tester.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using google::protobuf::util::TimeUtil;
using plan::v1::HostObservation;

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
                   std::vector<std::string> own_addresses)
    : farm_(farm),
      agents_(agents),
      secrets_(secrets),
      licenses_(licenses),
      hooks_(hooks),
      clock_(clock),
      own_addresses_(std::move(own_addresses)) {}

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
  return observation;
}

plan::v1::Observation Observer::ObserveFor(const plan::v1::ProcedureRequest& request) {
  plan::v1::Observation observation = Observe();
  // An undo gives nobody a role that it did not have a moment ago.
  if (farm_.reach_timeout == absl::ZeroDuration() || !request.undoes().empty()) return observation;
  const ObservedFarm farm(farm_, observation);
  std::vector<plan::v1::PortReach> reach =
      TryReach(farm, PlanReach(farm, request), agents_, farm_.reach_timeout);
  *observation.mutable_reach() = {reach.begin(), reach.end()};
  return observation;
}

}  // namespace baton
