#include "coordinator/procedure/move_controller.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/procedure/fingerprint.h"
#include "coordinator/procedure/step_builder.h"

namespace baton {
namespace {

using plan::v1::Plan;
using plan::v1::ServiceState;
using plan::v1::Stage;
using plan::v1::Step;

// Hosts that are only read at the same time.
constexpr uint32_t kReadParallel = 16;

// The vendor's lines that this version leaves to people.
constexpr absl::string_view kByHand[] = {
    "P2.5 In the licensing portal, obtain a new license (optional)",
    "P2.6 In Service Center, install the new OutSystems license",
    "P2.7 In Service Center, republish all applications",
};

// Makes the stages of one plan.
class Mover {
 public:
  Mover(const ObservedFarm& farm, const Plan& plan)
      : farm_(farm), plan_(plan), to_(plan.new_controller()), build_(farm, to_) {}

  Stage Preflight() const {
    Stage stage = NewStage("preflight", kReadParallel, false);
    for (const std::string& host : plan_.hosts()) {
      Step step = build_.Make("preflight", "unchanged", host);
      plan::v1::UnchangedExpectation* expected = step.mutable_action()->mutable_expect_unchanged();
      for (std::string& line : Fingerprint(*farm_.Find(host))) {
        expected->add_fingerprint(std::move(line));
      }
      *stage.add_steps() = std::move(step);
    }
    return stage;
  }

  Stage StandDown() const {
    Stage stage = NewStage("stand-down", 1, false);
    for (const std::string& host : plan_.hosts()) {
      const ServiceState* state = farm_.Service(host, plan::v1::CONTROLLER);
      const bool down = state == nullptr || (state->run_state() == plan::v1::STOPPED &&
                                             state->startup_type() == plan::v1::DISABLED);
      if (host == to_ || down) continue;
      // Disabled first: a host that loses power in between would come back with its Deployment
      // Controller running, behind a stop that was read back and is done.
      *stage.add_steps() = build_.SetStartupType("stand-down", "disable-controller", host,
                                                 plan::v1::CONTROLLER, plan::v1::DISABLED);
      *stage.add_steps() = build_.Stop("stand-down", "stop-controller", host, plan::v1::CONTROLLER);
    }
    return stage;
  }

  Stage Promote() const {
    Stage stage = NewStage("promote", 1, true);
    *stage.add_steps() = build_.SetStartupType("promote", "automatic-controller", to_,
                                               plan::v1::CONTROLLER, plan::v1::AUTOMATIC);
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = build_.Assign("promote", "assign-moving", host, plan::v1::MOVING);
    }
    return stage;
  }

  Stage Repoint() const {
    Stage stage = NewStage("repoint", MaxParallel(), true);
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = RewriteStep(host);
      *stage.add_steps() = build_.RunTool("repoint", "apply", host, plan::v1::APPLY_CONFIGURATION);
      const std::vector<plan::v1::Service> services = RestartedServices(host);
      for (const plan::v1::Service service : services) {
        *stage.add_steps() = build_.Stop("repoint", "stop-$service", host, service);
      }
      for (const plan::v1::Service service : services) {
        *stage.add_steps() = build_.Start("repoint", "start-$service", host, service);
      }
      *stage.add_steps() = ExpectServicesStep("repoint", "startup-types", host, false);
    }
    return stage;
  }

  Stage ServiceCenter() const {
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

  // Every host is proved before the first is told that the role is held. One lane at a time: a
  // proof is a few reads, and the order of the two halves must hold.
  Stage Prove() const {
    Stage stage = NewStage("prove", 1, false);
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = ExpectServicesStep("prove", "services", host, true);
      *stage.add_steps() = ExpectSettingsStep(host);
      *stage.add_steps() = ExpectPortsStep(host);
    }
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = build_.Assign("prove", "assign-held", host, plan::v1::HELD);
    }
    return stage;
  }

 private:
  Stage NewStage(absl::string_view name, uint32_t max_parallel, bool leads) const {
    Stage stage;
    stage.set_name(std::string(name));
    stage.set_max_parallel(max_parallel);
    stage.set_first_lane_leads(leads);
    return stage;
  }

  uint32_t MaxParallel() const { return std::max<uint32_t>(1, plan_.request().max_parallel()); }

  const std::string& Address() const { return farm_.file().Find(to_)->platform_address; }

  // Startup type that the service will have when its host is repointed.
  plan::v1::StartupType FutureType(const std::string& host, const ServiceState& state) const {
    if (state.service() != plan::v1::CONTROLLER) return state.startup_type();
    return host == to_ ? plan::v1::AUTOMATIC : plan::v1::DISABLED;
  }

  // The services that the vendor's Configuration Tool restarts, in platform order: those that are
  // not disabled. One that starts only when asked and was not asked stays down.
  std::vector<plan::v1::Service> RestartedServices(const std::string& host) const {
    std::vector<plan::v1::Service> services;
    for (const plan::v1::ServiceProfile& profile : farm_.State(host)->profile().services()) {
      const ServiceState* state = farm_.Service(host, profile.service());
      if (state == nullptr || !profile.restarts_with_platform()) continue;
      const plan::v1::StartupType type = FutureType(host, *state);
      const bool up = type != plan::v1::DISABLED && state->run_state() != plan::v1::STOPPED;
      if (type == plan::v1::AUTOMATIC || up) services.push_back(profile.service());
    }
    return services;
  }

  Step RewriteStep(const std::string& host) const {
    Step step = build_.Make("repoint", "rewrite", host);
    plan::v1::Rewrite* rewrite = step.mutable_action()->mutable_rewrite();
    rewrite->set_expected_digest(farm_.State(host)->configuration().digest());
    plan::v1::SettingChange* change = rewrite->add_changes();
    change->set_setting(plan::v1::CONTROLLER_HOST);
    change->set_old_value(farm_.Setting(host, plan::v1::CONTROLLER_HOST));
    change->set_new_value(Address());
    step.set_transition(absl::StrCat(Word(change->setting()), ": ", change->old_value(), " -> ",
                                     change->new_value()));
    return step;
  }

  // Startup types, and with `run_states` what runs, of every service that Baton can tell.
  Step ExpectServicesStep(absl::string_view stage, absl::string_view what, const std::string& host,
                          bool run_states) const {
    Step step = build_.Make(stage, what, host);
    const std::vector<plan::v1::Service> restarted = RestartedServices(host);
    std::vector<std::string> words;
    for (const ServiceState& state : farm_.State(host)->services()) {
      const plan::v1::StartupType type = FutureType(host, state);
      if (state.run_state() == plan::v1::ABSENT || type == plan::v1::OTHER ||
          type == plan::v1::STARTUP_TYPE_UNSPECIFIED) {
        continue;
      }
      plan::v1::ServiceGoal* goal =
          step.mutable_action()->mutable_expect_services()->add_services();
      goal->set_service(state.service());
      goal->set_startup_type(type);
      const bool runs =
          std::find(restarted.begin(), restarted.end(), state.service()) != restarted.end();
      if (run_states && runs) goal->set_run_state(plan::v1::RUNNING);
      // A disabled service that ran before and is not the run's to stop may go on.
      const bool down =
          state.service() == plan::v1::CONTROLLER || state.run_state() == plan::v1::STOPPED;
      if (run_states && type == plan::v1::DISABLED && down) goal->set_run_state(plan::v1::STOPPED);
      words.push_back(absl::StrCat(Word(state.service()), " ", Word(type)));
    }
    step.mutable_action()->mutable_expect_services();
    step.set_transition(absl::StrJoin(words, ", "));
    return step;
  }

  Step ExpectSettingsStep(const std::string& host) const {
    Step step = build_.Make("prove", "settings", host);
    plan::v1::SettingValue* value =
        step.mutable_action()->mutable_expect_settings()->add_settings();
    value->set_setting(plan::v1::CONTROLLER_HOST);
    value->set_value(Address());
    step.set_transition(absl::StrCat("controller.host ", Address()));
    return step;
  }

  Step ExpectPortsStep(const std::string& host) const {
    Step step = build_.Make("prove", "ports", host);
    plan::v1::PortExpectation* expected = step.mutable_action()->mutable_expect_ports();
    expected->set_address(Address());
    for (const plan::v1::ServiceProfile& profile : farm_.State(to_)->profile().services()) {
      if (profile.service() != plan::v1::CONTROLLER) continue;
      for (const uint32_t port : profile.ports()) expected->add_ports(port);
    }
    step.set_transition(
        absl::StrCat(Address(), ", ports ", absl::StrJoin(expected->ports(), ", ")));
    return step;
  }

  const ObservedFarm& farm_;
  const Plan& plan_;
  const std::string to_;
  StepBuilder build_;
};

}  // namespace

void PlanMoveController(const ObservedFarm& farm, Plan& plan) {
  plan.mutable_assignment()->set_controller(plan.new_controller());
  plan.mutable_assignment()->set_cache(farm.NewestAssignment().cache());
  const Mover mover(farm, plan);
  *plan.add_stages() = mover.Preflight();
  *plan.add_stages() = mover.StandDown();
  *plan.add_stages() = mover.Promote();
  *plan.add_stages() = mover.Repoint();
  *plan.add_stages() = mover.ServiceCenter();
  *plan.add_stages() = mover.Prove();
  plan.set_first_irreversible_step(
      absl::StrCat("service-center/", plan.new_controller(), "/install"));
  for (const absl::string_view line : kByHand) plan.add_by_hand(std::string(line));
}

}  // namespace baton
