#include "tests/coordinator/ctl/emergency_fixture.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/coordinator/ctl/farm_fixture.h"

namespace baton {
namespace {

using plan::v1::Debt;
using plan::v1::Guard;

constexpr char kStandDownStep[] = "stand-down/fe1/disable-controller";

void AddDebt(coordinator::v1::Farm& farm, const std::string& host, bool stand_down,
             const std::string& off_proof) {
  Debt& debt = *farm.add_debts();
  debt.set_host(host);
  debt.set_stand_down(stand_down);
  debt.set_reason("datacenter A burns");
  debt.set_run("r-1");
  debt.set_epoch(8);
  debt.set_actor("operator:alice");
  *debt.mutable_open_time() = google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      absl::ToUnixNanos(FixtureNow() - absl::Hours(2)));
  debt.set_off_proof(off_proof);
}

void Silence(plan::v1::Observation& observation, int index) {
  plan::v1::HostObservation& host = *observation.mutable_hosts(index);
  host.clear_state();
  host.set_error(absl::StrCat("connect to 10.0.0.1", index + 1, ":7601: No route to host"));
}

void SetGuard(plan::v1::Observation& observation, int index, plan::v1::GuardMode mode, bool armed,
              bool drift) {
  Guard& guard = *observation.mutable_hosts(index)->mutable_state()->mutable_guard();
  guard.set_mode(mode);
  guard.set_armed(armed);
  guard.set_boot_hold(armed);
  guard.set_drift(drift);
  if (drift) guard.set_detail("the Deployment Controller runs, though fe2 has it since epoch 8");
}

}  // namespace

void AddSightings(google::protobuf::RepeatedPtrField<plan::v1::Sighting>& sightings) {
  const auto add = [&sightings](const std::string& from, const std::string& host, uint32_t port,
                                plan::v1::SightedPort kind, plan::v1::ProbeVerdict verdict) {
    plan::v1::Sighting& sighting = *sightings.Add();
    sighting.set_from(from);
    sighting.set_host(host);
    sighting.set_address(host == "fe1" ? "10.0.0.11" : "10.0.0.14");
    sighting.set_port(port);
    sighting.set_kind(kind);
    sighting.set_verdict(verdict);
  };
  for (const char* from : {"fe2", "fe3"}) {
    const bool sees = std::string(from) == "fe3";
    add(from, "fe1", 7601, plan::v1::SIGHTED_AGENT, plan::v1::SILENT);
    add(from, "fe1", 12000, plan::v1::SIGHTED_CONTROLLER,
        sees ? plan::v1::ACCEPTS : plan::v1::SILENT);
    add(from, "fe1", 12001, plan::v1::SIGHTED_APPLICATION, plan::v1::SILENT);
    add(from, "fe1", 12002, plan::v1::SIGHTED_APPLICATION,
        sees ? plan::v1::REFUSES : plan::v1::SILENT);
    add(from, "fe4", 7601, plan::v1::SIGHTED_AGENT, plan::v1::PROBE_VERDICT_UNSPECIFIED);
  }
}

coordinator::v1::Farm MakeFarmWithDebts() {
  coordinator::v1::Farm farm = MakeFarm(false);
  plan::v1::Observation& observation = *farm.mutable_observation();
  Silence(observation, 0);
  Silence(observation, 3);
  AddSightings(*observation.mutable_sightings());
  SetGuard(observation, 1, plan::v1::GUARD_ENFORCE, true, false);
  SetGuard(observation, 2, plan::v1::GUARD_ENFORCE, false, true);
  farm.mutable_assignment()->set_controller("fe2");
  farm.mutable_assignment()->set_epoch(8);
  farm.mutable_hosts(0)->set_fence("fence_ipmilan");
  AddDebt(farm, "fe1", true, "");
  AddDebt(farm, "fe3", false, "operator:alice confirmed it");
  return farm;
}

plan::v1::Plan MakeEmergencyPlan() {
  plan::v1::Plan plan = MakeShortPlan();
  plan::v1::ProcedureRequest& request = *plan.mutable_request();
  request.set_emergency(true);
  request.set_reason("datacenter A burns");
  plan::v1::LostHost& lost = *request.add_lost();
  lost.set_host("fe1");
  lost.set_on_lost(plan::v1::ON_LOST_OWE);
  request.add_lost()->set_host("fe4");
  AddSightings(*plan.mutable_observation()->mutable_sightings());
  for (const char* host : {"fe1", "fe4"}) {
    Debt& debt = *plan.add_debts();
    debt.set_host(host);
    debt.set_stand_down(std::string(host) == "fe1");
    debt.set_reason("named lost");
  }
  plan.clear_hosts();
  for (const char* host : {"fe2", "fe3"}) plan.add_hosts(host);
  for (plan::v1::Stage& stage : *plan.mutable_stages()) {
    for (plan::v1::Step& step : *stage.mutable_steps()) step.set_owable(step.host() == "fe1");
  }
  return plan;
}

plan::v1::Run MakeOwingRun() {
  plan::v1::Run run = MakeRun("prove/fe2/ports");
  *run.mutable_plan() = MakeEmergencyPlan();
  run.set_phase(plan::v1::RUN_SUCCEEDED);
  run.set_detail("every step is done and proved, but for what is owed");
  for (plan::v1::StepStatus& status : *run.mutable_steps()) {
    const bool owed = status.step().rfind("stand-down/fe1/", 0) == 0;
    status.set_state(owed ? plan::v1::OWED : plan::v1::SUCCEEDED);
    if (owed) status.set_detail("fe1 did not accept the claim");
  }
  *run.mutable_end_time() = google::protobuf::util::TimeUtil::NanosecondsToTimestamp(
      absl::ToUnixNanos(FixtureNow() - absl::Minutes(1)));
  return run;
}

plan::v1::Run MakeUnclaimedRun() {
  plan::v1::Run run = MakeRun(kStandDownStep);
  run.set_phase(plan::v1::RUN_PAUSED);
  run.set_pause_reason(plan::v1::CLAIM_MISSING);
  run.set_detail("fe3 did not accept the claim: No route to host");
  for (const char* host : {"fe1", "fe2", "fe4"}) run.add_claimed_hosts(host);
  return run;
}

plan::v1::Plan MakePayPlan() {
  plan::v1::Plan plan = MakeShortPlan();
  plan.clear_request();
  plan.mutable_request()->set_pays("fe1");
  plan.mutable_request()->set_reason("fe1 is repaired");
  plan.clear_new_controller();
  plan.clear_first_irreversible_step();
  plan.clear_by_hand();
  plan.clear_hosts();
  plan.add_hosts("fe1");
  const plan::v1::Stage stand_down =
      *std::find_if(plan.stages().begin(), plan.stages().end(),
                    [](const plan::v1::Stage& stage) { return stage.name() == "stand-down"; });
  plan.clear_stages();
  *plan.add_stages() = stand_down;
  return plan;
}

}  // namespace baton
