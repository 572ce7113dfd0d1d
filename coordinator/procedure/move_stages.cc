#include "coordinator/procedure/move_stages.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"

namespace baton {
namespace {

using plan::v1::ServiceState;
using plan::v1::Stage;
using plan::v1::Step;

void AddUnlessEmpty(Stage stage, plan::v1::Plan& plan) {
  if (!stage.steps().empty()) *plan.add_stages() = std::move(stage);
}

}  // namespace

MoveStages::MoveStages(const ObservedFarm& farm, const plan::v1::Plan& plan,
                       std::optional<CacheMove> cache)
    : farm_(farm),
      plan_(plan),
      cache_(std::move(cache)),
      to_(plan.new_controller()),
      build_(farm, to_, plan.request().procedure()),
      lost_(farm, plan, build_) {}

uint32_t MoveStages::MaxParallel() const {
  return std::max<uint32_t>(1, plan_.request().max_parallel());
}

const std::string& MoveStages::Address() const { return farm_.file().Find(to_)->platform_address; }

// --- Stages -------------------------------------------------------------------------------------

Stage MoveStages::Preflight() const {
  Stage stage = NewStage("preflight", kReadParallel, false);
  for (const std::string& host : plan_.hosts()) {
    *stage.add_steps() = build_.Unchanged("preflight", "unchanged", host);
  }
  return stage;
}

Stage MoveStages::StandDown() const {
  Stage stage = NewStage("stand-down", 1, false);
  // What cannot be stopped is cut off before anything that can be is touched.
  for (const std::string& host : lost_.Hosts()) {
    lost_.AddStandDown(host, LostRoles(host), stage);
  }
  for (const std::string& host : plan_.hosts()) {
    if (host != to_) AddStandDown(host, plan::v1::CONTROLLER, stage);
    // Other hosts' brokers are none of the platform's, as far as the assignment knows.
    if (LosesCache(host)) AddStandDown(host, plan::v1::CACHE, stage);
  }
  return stage;
}

void MoveStages::AddStandDown(const std::string& host, plan::v1::Service service,
                              Stage& stage) const {
  const ServiceState* state = farm_.Service(host, service);
  if (state == nullptr || IsDown(state)) return;
  // Disabled first: a host that loses power in between would come back with its Deployment
  // Controller running, behind a stop that was read back and is done.
  *stage.add_steps() = build_.SetStartupType("stand-down", absl::StrCat("disable-", Word(service)),
                                             host, service, plan::v1::DISABLED);
  *stage.add_steps() =
      build_.Stop("stand-down", absl::StrCat("stop-", Word(service)), host, service);
}

// The services that a farm has once, as far as the lost host may have them.
std::vector<plan::v1::Service> MoveStages::LostRoles(const std::string& host) const {
  std::vector<plan::v1::Service> services;
  if (lost_.ControllerStandsDown(host)) services.push_back(plan::v1::CONTROLLER);
  if (LosesCache(host)) services.push_back(plan::v1::CACHE);
  return services;
}

Stage MoveStages::Promote() const {
  Stage stage = NewStage("promote", 1, true);
  *stage.add_steps() = build_.SetStartupType("promote", "automatic-controller", to_,
                                             plan::v1::CONTROLLER, plan::v1::AUTOMATIC);
  // A service that is disabled cannot be started, not even by the tool that reconfigures it.
  if (cache_.has_value() && farm_.Service(to_, plan::v1::CACHE) != nullptr) {
    *stage.add_steps() = build_.SetStartupType("promote", "automatic-cache", to_, plan::v1::CACHE,
                                               plan::v1::AUTOMATIC);
  }
  const absl::string_view roles =
      cache_.has_value() ? "Deployment Controller and cache" : "Deployment Controller";
  for (const std::string& host : plan_.hosts()) {
    *stage.add_steps() = build_.Assign("promote", "assign-moving", host, plan::v1::MOVING, roles);
  }
  return stage;
}

Stage MoveStages::Repoint() const {
  Stage stage = NewStage("repoint", MaxParallel(), true);
  for (const std::string& host : plan_.hosts()) {
    *stage.add_steps() = RewriteStep(host);
    if (TakesCache(host)) AddNewCache(stage);
    // Before the apply: services that restart must find it.
    if (cache_.has_value())
      *stage.add_steps() =
          build_.LogInToCache("repoint", "log-in-to-cache", host, cache_->expected);
    *stage.add_steps() = build_.RunTool("repoint", "apply", host, plan::v1::APPLY_CONFIGURATION);
    build_.AddRestart("repoint", host, RestartedServices(host), stage);
    *stage.add_steps() = ExpectServicesStep("repoint", "startup-types", host, false);
  }
  return stage;
}

void MoveStages::AddNewCache(Stage& stage) const {
  *stage.add_steps() =
      build_.RunTool("repoint", "create-cache-service", to_, plan::v1::CREATE_CACHE_SERVICE);
  if (farm_.Service(to_, plan::v1::CACHE) == nullptr) {
    *stage.add_steps() = build_.SetStartupType("repoint", "automatic-cache", to_, plan::v1::CACHE,
                                               plan::v1::AUTOMATIC);
  }
  *stage.add_steps() = build_.Start("repoint", "start-cache", to_, plan::v1::CACHE);
}

Stage MoveStages::ServiceCenter() const {
  Stage stage = NewStage("service-center", 1, false);
  *stage.add_steps() =
      build_.RunTool("service-center", "install", to_, plan::v1::INSTALL_SERVICE_CENTER);
  if (farm_.State(to_)->profile().has_ping()) {
    Step ping = build_.Make("service-center", "ping", to_);
    ping.mutable_action()->mutable_expect_ping();
    *stage.add_steps() = std::move(ping);
  }
  return stage;
}

// Every host is proved before the first is told that the role is held. One lane at a time: a proof
// is a few reads, and the order of the two halves must hold.
Stage MoveStages::Prove() const {
  Stage stage = NewStage("prove", 1, false);
  for (const std::string& host : plan_.hosts()) {
    *stage.add_steps() = ExpectServicesStep("prove", "services", host, true);
    *stage.add_steps() = ExpectSettingsStep(host);
    *stage.add_steps() =
        build_.ReachPorts("prove", "ports", host, Address(), to_, plan::v1::CONTROLLER);
    if (cache_.has_value())
      *stage.add_steps() = build_.LogInToCache("prove", "cache", host, cache_->expected);
  }
  const absl::string_view roles =
      cache_.has_value() ? "Deployment Controller and cache" : "Deployment Controller";
  for (const std::string& host : plan_.hosts()) {
    *stage.add_steps() = build_.Assign("prove", "assign-held", host, plan::v1::HELD, roles);
  }
  return stage;
}

// --- Services -----------------------------------------------------------------------------------

// Startup type that the service will have when its host is repointed.
plan::v1::StartupType MoveStages::FutureType(const std::string& host,
                                             const ServiceState& state) const {
  if (state.service() == plan::v1::CONTROLLER) {
    return host == to_ ? plan::v1::AUTOMATIC : plan::v1::DISABLED;
  }
  if (state.service() == plan::v1::CACHE && TakesCache(host)) return plan::v1::AUTOMATIC;
  if (state.service() == plan::v1::CACHE && LosesCache(host)) return plan::v1::DISABLED;
  return state.startup_type();
}

// The services that the vendor's Configuration Tool restarts, in platform order: those that are not
// disabled. One that starts only when asked and was not asked stays down. A cache that moves is
// started by steps of its own.
std::vector<plan::v1::Service> MoveStages::RestartedServices(const std::string& host) const {
  std::vector<plan::v1::Service> services;
  for (const plan::v1::ServiceProfile& profile : farm_.State(host)->profile().services()) {
    const ServiceState* state = farm_.Service(host, profile.service());
    if (state == nullptr || !profile.restarts_with_platform()) continue;
    if (profile.service() == plan::v1::CACHE && TakesCache(host)) continue;
    const plan::v1::StartupType type = FutureType(host, *state);
    const bool up = type != plan::v1::DISABLED && state->run_state() != plan::v1::STOPPED;
    if (type == plan::v1::AUTOMATIC || up) services.push_back(profile.service());
  }
  return services;
}

// What the service must come to; with `run_states` also what it does.
plan::v1::ServiceGoal MoveStages::Expected(const std::string& host, const ServiceState& state,
                                           bool run_states) const {
  plan::v1::ServiceGoal goal;
  goal.set_service(state.service());
  goal.set_startup_type(FutureType(host, state));
  if (!run_states) return goal;
  const bool new_cache = state.service() == plan::v1::CACHE && TakesCache(host);
  const std::vector<plan::v1::Service> restarted = RestartedServices(host);
  const bool runs =
      std::find(restarted.begin(), restarted.end(), state.service()) != restarted.end();
  if (runs || new_cache) goal.set_run_state(plan::v1::RUNNING);
  // A disabled service that ran before and is not the run's to stop may go on.
  const bool stopped = state.service() == plan::v1::CONTROLLER ||
                       (state.service() == plan::v1::CACHE && LosesCache(host));
  const bool down = stopped || state.run_state() == plan::v1::STOPPED;
  if (goal.startup_type() == plan::v1::DISABLED && down) goal.set_run_state(plan::v1::STOPPED);
  return goal;
}

// Startup types, and with `run_states` what runs, of every service that Baton can tell.
Step MoveStages::ExpectServicesStep(absl::string_view stage, absl::string_view what,
                                    const std::string& host, bool run_states) const {
  std::vector<plan::v1::ServiceGoal> goals;
  for (const ServiceState& state : farm_.State(host)->services()) {
    // The tool that makes the new cache installs its service, too.
    const bool comes = state.service() == plan::v1::CACHE && TakesCache(host);
    const plan::v1::StartupType type = FutureType(host, state);
    if ((state.run_state() == plan::v1::ABSENT && !comes) || type == plan::v1::OTHER ||
        type == plan::v1::STARTUP_TYPE_UNSPECIFIED) {
      continue;
    }
    goals.push_back(Expected(host, state, run_states));
  }
  return build_.ExpectServices(stage, what, host, goals);
}

// --- Settings and ports -------------------------------------------------------------------------

Step MoveStages::RewriteStep(const std::string& host) const {
  std::vector<plan::v1::SettingChange> changes(1);
  changes.front().set_setting(plan::v1::CONTROLLER_HOST);
  changes.front().set_old_value(farm_.Setting(host, plan::v1::CONTROLLER_HOST));
  changes.front().set_new_value(Address());
  if (cache_.has_value()) {
    for (plan::v1::SettingChange& more : CacheChanges(farm_, *cache_, host)) {
      changes.push_back(std::move(more));
    }
  }
  return build_.Rewrite("repoint", "rewrite", host, changes);
}

Step MoveStages::ExpectSettingsStep(const std::string& host) const {
  std::vector<plan::v1::SettingValue> settings;
  const auto expect = [&settings](plan::v1::Setting setting, const std::string& value) {
    settings.emplace_back().set_setting(setting);
    settings.back().set_value(value);
  };
  expect(plan::v1::CONTROLLER_HOST, Address());
  if (cache_.has_value()) {
    for (const CacheSetting& setting : cache_->settings) {
      // What is encrypted is proved by use; an empty value may stand for no key at all.
      if (setting.secret.empty() && !setting.value.empty()) expect(setting.setting, setting.value);
    }
  }
  return build_.ExpectSettings("prove", "settings", host, settings);
}

void FillIn(const MoveStages& stages, const LicenseStages& license, plan::v1::Plan& plan) {
  *plan.add_stages() = stages.Preflight();
  *plan.add_stages() = stages.StandDown();
  *plan.add_stages() = stages.Promote();
  AddUnlessEmpty(stages.Witness(), plan);
  *plan.add_stages() = stages.Repoint();
  AddUnlessEmpty(stages.ExcludeLost(), plan);
  *plan.add_stages() = stages.ServiceCenter();
  *plan.add_stages() = license.License();
  *plan.add_stages() = license.Republish();
  *plan.add_stages() = stages.Prove();
  plan.set_first_irreversible_step(
      absl::StrCat("service-center/", plan.new_controller(), "/install"));
  for (std::string& line : license.ByHand()) plan.add_by_hand(std::move(line));
}

}  // namespace baton
