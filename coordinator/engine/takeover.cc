#include "coordinator/engine/takeover.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/postcondition.h"

namespace baton::engine {
namespace {

using plan::v1::Action;

// What a host should look like after the steps that are done.
struct HostExpectation {
  std::map<plan::v1::Service, plan::v1::ServiceGoal> services;
  std::map<plan::v1::Setting, std::string> settings;
};

// The part of `action` that a goal is about; null for actions that are about no service.
const plan::v1::ServiceGoal* GoalOf(const Action& action) {
  if (action.has_start_service()) return &action.start_service();
  if (action.has_stop_service()) return &action.stop_service();
  if (action.has_set_startup_type()) return &action.set_startup_type();
  return nullptr;
}

void Expect(const Action& action, HostExpectation& host) {
  if (const plan::v1::ServiceGoal* goal = GoalOf(action); goal != nullptr) {
    plan::v1::ServiceGoal& expected = host.services[goal->service()];
    expected.MergeFrom(*goal);
  }
  for (const plan::v1::SettingChange& change : action.rewrite().changes()) {
    host.settings[change.setting()] = change.new_value();
  }
}

// A step that is not done may have changed this already, or not.
void Forget(const Action& action, HostExpectation& host) {
  if (const plan::v1::ServiceGoal* goal = GoalOf(action); goal != nullptr) {
    host.services.erase(goal->service());
  }
  for (const plan::v1::SettingChange& change : action.rewrite().changes()) {
    host.settings.erase(change.setting());
  }
  // Tools of the platform may restart services while they run.
  if (action.kind_case() == Action::kRunTool) {
    for (auto& [service, goal] : host.services) goal.clear_run_state();
  }
}

std::map<std::string, HostExpectation> Expectations(const RunState& state) {
  std::map<std::string, HostExpectation> hosts;
  for (size_t i = 0; i < state.step_count(); ++i) {
    const plan::v1::Step& step = *state.ledger(i).step;
    const plan::v1::StepState reached = state.status(i).state();
    if (reached == plan::v1::SUCCEEDED) Expect(step.action(), hosts[step.host()]);
    // Tried, and whether it took effect is not known, or a person vouched for it.
    if (reached != plan::v1::SUCCEEDED && state.status(i).attempt() > 0) {
      Forget(step.action(), hosts[step.host()]);
    }
  }
  return hosts;
}

void Compare(const HostExpectation& expected, const plan::v1::HostObservation& host,
             std::vector<std::string>& lost) {
  if (!host.has_state()) {
    lost.push_back(absl::StrCat(host.host(), " does not answer: ", host.error()));
    return;
  }
  plan::v1::Step services;
  for (const auto& [service, goal] : expected.services) {
    *services.mutable_action()->mutable_expect_services()->add_services() = goal;
  }
  plan::v1::Step settings;
  settings.mutable_action()->mutable_expect_settings();
  for (const auto& [setting, value] : expected.settings) {
    plan::v1::SettingValue* wanted =
        settings.mutable_action()->mutable_expect_settings()->add_settings();
    wanted->set_setting(setting);
    wanted->set_value(value);
  }
  for (const plan::v1::Step* step : {&services, &settings}) {
    const Check check = CheckHost(*step, {}, host.state());
    if (check.proof == Proof::kDoesNotHold) {
      lost.push_back(absl::StrCat(host.host(), ": ", check.detail));
    }
  }
}

}  // namespace

std::vector<std::string> LostPostconditions(const RunState& state,
                                            const plan::v1::Observation& observation) {
  std::vector<std::string> lost;
  const std::map<std::string, HostExpectation> expected = Expectations(state);
  for (const plan::v1::HostObservation& host : observation.hosts()) {
    const auto found = expected.find(host.host());
    if (found != expected.end()) Compare(found->second, host, lost);
  }
  return lost;
}

Takeover JudgeTakeover(const RunState& state, absl::Duration away, absl::Duration resume_within,
                       const plan::v1::Observation& observation) {
  if (state.run().phase() == plan::v1::RUN_CANCELLING)
    return {true, plan::v1::PAUSE_REASON_UNSPECIFIED, ""};
  // A run that waits for a person goes on waiting, however long that takes.
  const bool waits = state.run().phase() == plan::v1::RUN_WAITING;
  if (!waits && away >= resume_within) {
    return {false, plan::v1::AWAY_TOO_LONG,
            absl::StrCat("the Baton coordinator was away for ", absl::FormatDuration(away),
                         ", and resume_within is ", absl::FormatDuration(resume_within),
                         ": look at the farm, then resume or cancel")};
  }
  const std::vector<std::string> lost = LostPostconditions(state, observation);
  if (!lost.empty()) {
    return {false, plan::v1::POSTCONDITION_LOST,
            absl::StrCat("what finished steps left behind is no longer so: ",
                         absl::StrJoin(lost, "; "))};
  }
  return {true, plan::v1::PAUSE_REASON_UNSPECIFIED, ""};
}

}  // namespace baton::engine
