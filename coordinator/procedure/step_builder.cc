#include "coordinator/procedure/step_builder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "common/words/words.h"
#include "coordinator/procedure/fingerprint.h"
#include "coordinator/procedure/step_catalog.h"
#include "coordinator/procedure/tool_arguments.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Step;

std::string Shown(const plan::v1::SettingChange& change) {
  if (!change.secret().empty()) {
    return absl::StrCat(Word(change.setting()), ": as secret ", change.secret(), " says");
  }
  return absl::StrCat(Word(change.setting()), ": ", change.old_value(), " -> ", change.new_value());
}

void AddTimeout(const google::protobuf::Duration& more, Step& step) {
  step.mutable_timeout()->set_seconds(step.timeout().seconds() + more.seconds());
}

}  // namespace

plan::v1::Stage NewStage(absl::string_view name, uint32_t max_parallel, bool first_lane_leads) {
  plan::v1::Stage stage;
  stage.set_name(std::string(name));
  stage.set_max_parallel(max_parallel);
  stage.set_first_lane_leads(first_lane_leads);
  return stage;
}

Step StepBuilder::Make(absl::string_view stage, absl::string_view what, const std::string& host,
                       plan::v1::Service service) const {
  const StepKind& kind = FindStepKind(stage, what, procedure_);
  Step step;
  step.set_name(absl::StrCat(stage, "/", host, "/",
                             absl::StrReplaceAll(what, {{"$service", Word(service)}})));
  step.set_host(host);
  step.set_sentence(absl::StrReplaceAll(
      kind.sentence, {{"$host", host}, {"$new", to_}, {"$what", ServiceTitle(service)}}));
  step.set_reason(std::string(kind.reason));
  step.set_seed(std::string(SeedLine(kind, procedure_)));
  step.mutable_timeout()->set_seconds(absl::ToInt64Seconds(kind.timeout));
  step.set_repeatable(true);
  return step;
}

const plan::v1::ServiceProfile* StepBuilder::ProfileOf(const std::string& host,
                                                       plan::v1::Service service) const {
  const plan::v1::Host* state = farm_.State(host);
  // A host that was not seen takes as long as the others do.
  if (state == nullptr) state = farm_.State(to_);
  if (state == nullptr) return nullptr;
  for (const plan::v1::ServiceProfile& profile : state->profile().services()) {
    if (profile.service() == service) return &profile;
  }
  return nullptr;
}

Step StepBuilder::Stop(absl::string_view stage, absl::string_view what, const std::string& host,
                       plan::v1::Service service) const {
  Step step = Make(stage, what, host, service);
  plan::v1::ServiceGoal* goal = step.mutable_action()->mutable_stop_service();
  goal->set_service(service);
  goal->set_run_state(plan::v1::STOPPED);
  if (const auto* profile = ProfileOf(host, service)) AddTimeout(profile->stop_timeout(), step);
  const plan::v1::ServiceState* state = farm_.Service(host, service);
  step.set_transition(
      absl::StrCat(state == nullptr ? "unknown" : Word(state->run_state()), " -> stopped"));
  return step;
}

Step StepBuilder::Start(absl::string_view stage, absl::string_view what, const std::string& host,
                        plan::v1::Service service) const {
  Step step = Make(stage, what, host, service);
  plan::v1::ServiceGoal* goal = step.mutable_action()->mutable_start_service();
  goal->set_service(service);
  goal->set_run_state(plan::v1::RUNNING);
  if (const auto* profile = ProfileOf(host, service)) AddTimeout(profile->start_timeout(), step);
  step.set_transition("stopped -> running, initialised");
  return step;
}

Step StepBuilder::SetStartupType(absl::string_view stage, absl::string_view what,
                                 const std::string& host, plan::v1::Service service,
                                 plan::v1::StartupType type) const {
  Step step = Make(stage, what, host, service);
  plan::v1::ServiceGoal* goal = step.mutable_action()->mutable_set_startup_type();
  goal->set_service(service);
  goal->set_startup_type(type);
  if (const auto* profile = ProfileOf(host, service)) {
    AddTimeout(profile->startup_type_timeout(), step);
  }
  const plan::v1::ServiceState* state = farm_.Service(host, service);
  step.set_transition(
      absl::StrCat(state == nullptr ? "unknown" : Word(state->startup_type()), " -> ", Word(type)));
  return step;
}

void StepBuilder::AddRestart(absl::string_view stage_name, const std::string& host,
                             const std::vector<plan::v1::Service>& services,
                             plan::v1::Stage& stage) const {
  for (const plan::v1::Service service : services) {
    *stage.add_steps() = Stop(stage_name, "stop-$service", host, service);
  }
  for (const plan::v1::Service service : services) {
    *stage.add_steps() = Start(stage_name, "start-$service", host, service);
  }
}

Step StepBuilder::Rewrite(absl::string_view stage, absl::string_view what, const std::string& host,
                          const std::vector<plan::v1::SettingChange>& changes) const {
  Step step = Make(stage, what, host);
  plan::v1::Rewrite& rewrite = *step.mutable_action()->mutable_rewrite();
  rewrite.set_expected_digest(farm_.State(host)->configuration().digest());
  *rewrite.mutable_changes() = {changes.begin(), changes.end()};
  step.set_transition(
      absl::StrJoin(changes, ", ", [](std::string* text, const plan::v1::SettingChange& change) {
        absl::StrAppend(text, Shown(change));
      }));
  return step;
}

Step StepBuilder::ExpectServices(absl::string_view stage, absl::string_view what,
                                 const std::string& host,
                                 const std::vector<plan::v1::ServiceGoal>& goals) const {
  Step step = Make(stage, what, host);
  *step.mutable_action()->mutable_expect_services()->mutable_services() = {goals.begin(),
                                                                           goals.end()};
  step.set_transition(
      absl::StrJoin(goals, ", ", [](std::string* text, const plan::v1::ServiceGoal& goal) {
        absl::StrAppend(text, Word(goal.service()), " ", Word(goal.startup_type()));
      }));
  return step;
}

Step StepBuilder::ExpectSettings(absl::string_view stage, absl::string_view what,
                                 const std::string& host,
                                 const std::vector<plan::v1::SettingValue>& settings) const {
  Step step = Make(stage, what, host);
  *step.mutable_action()->mutable_expect_settings()->mutable_settings() = {settings.begin(),
                                                                           settings.end()};
  step.set_transition(
      absl::StrJoin(settings, ", ", [](std::string* text, const plan::v1::SettingValue& value) {
        absl::StrAppend(text, Word(value.setting()), " ", value.value());
      }));
  return step;
}

Step StepBuilder::LogInToCache(absl::string_view stage, absl::string_view what,
                               const std::string& host,
                               const plan::v1::CacheExpectation& expected) const {
  Step step = Make(stage, what, host);
  *step.mutable_action()->mutable_expect_cache() = expected;
  const std::string place = absl::StrCat(expected.address(), ":", expected.port());
  if (expected.secret().empty()) {
    step.set_transition(
        absl::StrCat(place, ", port only: user, password and virtual host unknown"));
  } else {
    step.set_transition(absl::StrCat(place, ", user ", expected.username(), ", virtual host ",
                                     expected.virtual_host(), expected.tls() ? ", over TLS" : ""));
  }
  return step;
}

Step StepBuilder::RunTool(absl::string_view stage, absl::string_view what, const std::string& host,
                          plan::v1::Tool tool, const plan::v1::ToolArgument& license) const {
  Step step = Make(stage, what, host);
  step.mutable_action()->set_run_tool(tool);
  step.set_repeatable(false);
  const plan::v1::Host* state = farm_.State(host);
  const plan::v1::ToolProfile* profile = state == nullptr ? nullptr : FindTool(*state, tool);
  if (profile == nullptr) return step;
  AddTimeout(profile->timeout(), step);
  step.set_repeatable(profile->repeatable());
  step.set_farm_exclusive(profile->farm_exclusive());
  for (plan::v1::ToolArgument& argument : ArgumentsOf(*profile, farm_.file(), license)) {
    *step.mutable_action()->add_arguments() = std::move(argument);
  }
  return step;
}

Step StepBuilder::Assign(absl::string_view stage, absl::string_view what, const std::string& host,
                         plan::v1::AssignmentState state, absl::string_view roles) const {
  Step step = Make(stage, what, host);
  step.mutable_action()->set_set_assignment(state);
  step.set_transition(
      absl::StrCat(roles, state == plan::v1::MOVING ? " moving to " : " held by ", to_));
  return step;
}

Step StepBuilder::Unchanged(absl::string_view stage, absl::string_view what,
                            const std::string& host) const {
  Step step = Make(stage, what, host);
  plan::v1::UnchangedExpectation* expected = step.mutable_action()->mutable_expect_unchanged();
  for (std::string& line : Fingerprint(*farm_.Find(host))) {
    expected->add_fingerprint(std::move(line));
  }
  return step;
}

Step StepBuilder::ReachPorts(absl::string_view stage, absl::string_view what,
                             const std::string& host, const std::string& address,
                             const std::string& owner, plan::v1::Service service) const {
  Step step = Make(stage, what, host);
  plan::v1::PortExpectation* expected = step.mutable_action()->mutable_expect_ports();
  expected->set_address(address);
  if (const auto* profile = ProfileOf(owner, service))
    *expected->mutable_ports() = profile->ports();
  step.set_transition(absl::StrCat(address, ", ports ", absl::StrJoin(expected->ports(), ", ")));
  return step;
}

Step StepBuilder::Wait(absl::string_view stage, absl::string_view what,
                       const std::vector<std::string>& hosts, absl::Duration duration) const {
  Step step = Make(stage, what, hosts.front());
  step.set_sentence(absl::StrReplaceAll(FindStepKind(stage, what, procedure_).sentence,
                                        {{"$host", absl::StrJoin(hosts, ", ")}}));
  const google::protobuf::Duration length =
      google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(duration));
  *step.mutable_action()->mutable_wait()->mutable_duration() = length;
  AddTimeout(length, step);
  step.set_transition(absl::FormatDuration(duration));
  return step;
}

}  // namespace baton
