#include "coordinator/procedure/activate_passive.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/procedure/lost_steps.h"
#include "coordinator/procedure/step_builder.h"

namespace baton {
namespace {

using plan::v1::Plan;
using plan::v1::ServiceGoal;
using plan::v1::ServiceState;
using plan::v1::Stage;
using plan::v1::Step;
// Makes the stages of one plan. Steps whose goal is reached already are in it all the same: they
// cost a round trip, and the run says then of every host that the vendor's line was carried out.
class Activator {
 public:
  Activator(const ObservedFarm& farm, const Plan& plan)
      : farm_(farm),
        plan_(plan),
        build_(farm, plan.old_controller(), plan.request().procedure()),
        lost_(farm, plan, build_) {}

  // Nothing is touched before every Scheduler that shall start is known to reach what it needs.
  Stage Preflight() const {
    Stage stage = NewStage("preflight", kReadParallel);
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = build_.Unchanged("preflight", "unchanged", host);
      if (!Activated(host)) continue;
      *stage.add_steps() = build_.ReachPorts("preflight", "controller-ports", host,
                                             farm_.Setting(host, plan::v1::CONTROLLER_HOST), host,
                                             plan::v1::CONTROLLER);
    }
    return stage;
  }

  // One wait, however many hosts there are.
  Stage Drain() const {
    Stage stage = NewStage("drain", 1);
    std::vector<std::string> hosts;
    for (const std::string& host : plan_.request().deactivate()) {
      if (!farm_.LeftOut(host)) hosts.push_back(host);
    }
    if (farm_.file().drain == absl::ZeroDuration() || hosts.empty()) return stage;
    *stage.add_steps() = build_.Wait("drain", "wait", hosts, farm_.file().drain);
    return stage;
  }

  Stage StandDown() const {
    Stage stage = NewStage("stand-down", MaxParallel());
    for (const std::string& host : lost_.Hosts()) {
      std::vector<plan::v1::Service> services;
      if (Deactivated(host)) services.push_back(plan::v1::SCHEDULER);
      lost_.AddStandDown(host, services, stage);
    }
    for (const std::string& host : plan_.request().deactivate()) {
      if (farm_.LeftOut(host)) continue;
      // Disabled first: a host that loses power in between would come back active.
      *stage.add_steps() = build_.SetStartupType("stand-down", "disable-scheduler", host,
                                                 plan::v1::SCHEDULER, plan::v1::DISABLED);
      *stage.add_steps() = build_.Stop("stand-down", "stop-scheduler", host, plan::v1::SCHEDULER);
    }
    return stage;
  }

  Stage Activate() const {
    Stage stage = NewStage("activate", MaxParallel());
    for (const std::string& host : plan_.request().activate()) {
      AddStart("activate", "automatic-scheduler", "start-scheduler", host, plan::v1::SCHEDULER,
               stage);
    }
    return stage;
  }

  Stage Deployment() const {
    Stage stage = NewStage("deployment", MaxParallel());
    for (const std::string& host : plan_.hosts()) {
      if (!farm_.file().Find(host)->front_end) continue;
      AddStart("deployment", "automatic-deployment", "start-deployment", host, plan::v1::DEPLOYMENT,
               stage);
    }
    return stage;
  }

  Stage Prove() const {
    Stage stage = NewStage("prove", kReadParallel);
    for (const std::string& host : plan_.hosts()) {
      *stage.add_steps() = ExpectServices(host);
      if (!Activated(host)) continue;
      *stage.add_steps() =
          build_.ReachPorts("prove", "scheduler-ports", host,
                            farm_.file().Find(host)->platform_address, host, plan::v1::SCHEDULER);
    }
    return stage;
  }

  // The front-ends that serve when the run has ended.
  std::vector<std::string> ActiveAfterwards() const {
    std::vector<std::string> active;
    for (const std::string& host : plan_.hosts()) {
      const bool stays = farm_.GroupOf(host) == plan::v1::GROUP_ACTIVE && !Deactivated(host);
      if (stays || Activated(host)) active.push_back(host);
    }
    return active;
  }

 private:
  uint32_t MaxParallel() const { return std::max<uint32_t>(1, plan_.request().max_parallel()); }
  bool Activated(const std::string& host) const {
    return absl::c_linear_search(plan_.request().activate(), host);
  }
  bool Deactivated(const std::string& host) const {
    return absl::c_linear_search(plan_.request().deactivate(), host);
  }

  // The startup type first: a service that is disabled cannot start.
  void AddStart(absl::string_view stage_name, absl::string_view type, absl::string_view start,
                const std::string& host, plan::v1::Service service, Stage& stage) const {
    const ServiceState* state = farm_.Service(host, service);
    Step automatic = build_.SetStartupType(stage_name, type, host, service, plan::v1::AUTOMATIC);
    if (state != nullptr && state->startup_type() == plan::v1::AUTOMATIC) {
      automatic.set_transition("automatic already");
    }
    *stage.add_steps() = std::move(automatic);
    Step running = build_.Start(stage_name, start, host, service);
    running.set_transition(
        Serves(state)      ? "running, initialised already"
        : state == nullptr ? "unknown -> running, initialised"
                           : absl::StrCat(Word(state->run_state()), " -> running, initialised"));
    *stage.add_steps() = std::move(running);
  }

  // What a service must be found to be: as asked for, and otherwise as it was found.
  ServiceGoal GoalOf(const std::string& host, const ServiceState& state) const {
    ServiceGoal goal;
    goal.set_service(state.service());
    const bool front_end = farm_.file().Find(host)->front_end;
    const bool scheduler = state.service() == plan::v1::SCHEDULER;
    if ((scheduler && Activated(host)) || (state.service() == plan::v1::DEPLOYMENT && front_end)) {
      goal.set_startup_type(plan::v1::AUTOMATIC);
      goal.set_run_state(plan::v1::RUNNING);
    } else if (scheduler && Deactivated(host)) {
      goal.set_startup_type(plan::v1::DISABLED);
      goal.set_run_state(plan::v1::STOPPED);
    } else {
      if (state.startup_type() != plan::v1::OTHER) goal.set_startup_type(state.startup_type());
      const bool settled = state.run_state() == plan::v1::STOPPED || Serves(&state);
      if (settled) goal.set_run_state(state.run_state());
    }
    return goal;
  }

  Step ExpectServices(const std::string& host) const {
    Step step = build_.Make("prove", "groups", host);
    plan::v1::ServiceExpectation* expected = step.mutable_action()->mutable_expect_services();
    std::vector<std::string> words;
    for (const ServiceState& state : farm_.State(host)->services()) {
      if (state.run_state() == plan::v1::ABSENT) continue;
      const ServiceGoal goal = GoalOf(host, state);
      const bool runs = goal.run_state() != plan::v1::RUN_STATE_UNSPECIFIED;
      const bool type = goal.startup_type() != plan::v1::STARTUP_TYPE_UNSPECIFIED;
      if (!runs && !type) continue;
      *expected->add_services() = goal;
      words.push_back(absl::StrCat(Word(goal.service()), runs ? " " : "",
                                   runs ? Word(goal.run_state()) : "", type ? " " : "",
                                   type ? Word(goal.startup_type()) : ""));
    }
    step.set_transition(absl::StrJoin(words, ", "));
    return step;
  }

  const ObservedFarm& farm_;
  const Plan& plan_;
  StepBuilder build_;
  LostSteps lost_;
};

}  // namespace

void PlanActivatePassive(const ObservedFarm& farm, Plan& plan) {
  if (plan.request().activate().empty() && plan.request().deactivate().empty()) return;
  const Activator activator(farm, plan);
  for (Stage& stage :
       std::vector<Stage>{activator.Preflight(), activator.Drain(), activator.StandDown(),
                          activator.Activate(), activator.Deployment(), activator.Prove()}) {
    if (!stage.steps().empty()) *plan.add_stages() = std::move(stage);
  }
  // Out of the vendor's scope, and the point of it all.
  const std::vector<std::string> active = activator.ActiveAfterwards();
  if (active.empty()) return;
  plan.add_by_hand(
      absl::StrCat("Switch the load balancer and DNS to ", absl::StrJoin(active, ", ")));
}

}  // namespace baton
