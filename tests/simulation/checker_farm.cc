// What must be true of a host: for a step that succeeded, and for a run that did.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/checker.h"

namespace baton::simulation {
namespace {

using google::protobuf::util::TimeUtil;
using plan::v1::Action;
using plan::v1::Host;
using plan::v1::ServiceGoal;

// These say again, on purpose, what coordinator/procedure/postcondition.cc says: whoever checks
// must not ask the one who is checked.
bool Holds(const ServiceGoal& goal, const Host& host) {
  for (const plan::v1::ServiceState& state : host.services()) {
    if (state.service() != goal.service()) continue;
    const bool type = goal.startup_type() == plan::v1::STARTUP_TYPE_UNSPECIFIED ||
                      goal.startup_type() == state.startup_type();
    const bool run = goal.run_state() == plan::v1::RUN_STATE_UNSPECIFIED ||
                     goal.run_state() == state.run_state();
    const bool ready =
        goal.run_state() != plan::v1::RUNNING || state.initialization() == plan::v1::INITIALIZED;
    return type && run && ready;
  }
  return false;
}

bool Holds(plan::v1::Setting setting, const std::string& value, const Host& host) {
  const auto& settings = host.configuration().settings();
  return std::any_of(settings.begin(), settings.end(), [&](const plan::v1::SettingValue& found) {
    return found.setting() == setting && found.value() == value;
  });
}

bool Holds(const Action& action, const std::string& new_controller, const std::string& run,
           const Host& host) {
  switch (action.kind_case()) {
    case Action::kStartService:
      return Holds(action.start_service(), host);
    case Action::kStopService:
      return Holds(action.stop_service(), host);
    case Action::kSetStartupType:
      return Holds(action.set_startup_type(), host);
    case Action::kExpectServices: {
      const auto& goals = action.expect_services().services();
      return std::all_of(goals.begin(), goals.end(),
                         [&host](const ServiceGoal& goal) { return Holds(goal, host); });
    }
    case Action::kRewrite: {
      const auto& changes = action.rewrite().changes();
      return std::all_of(changes.begin(), changes.end(), [&host](const auto& change) {
        // A secret is never read back: logging in proves it.
        return !change.secret().empty() || Holds(change.setting(), change.new_value(), host);
      });
    }
    case Action::kRestore:
      return host.configuration().digest() == action.restore().restored_digest();
    case Action::kExpectSettings: {
      const auto& settings = action.expect_settings().settings();
      return std::all_of(settings.begin(), settings.end(), [&host](const auto& setting) {
        return Holds(setting.setting(), setting.value(), host);
      });
    }
    case Action::kExpectSerial:
      return host.serial().value() == action.expect_serial().serial();
    case Action::kSetAssignment:
      return host.assignment().state() == action.set_assignment() &&
             host.assignment().controller() == new_controller && host.assignment().run() == run;
    default:
      return true;
  }
}

}  // namespace

void Checker::CheckSucceeded(const journal::v1::StepFinished& finished,
                             const engine::RunState& state) {
  const absl::StatusOr<size_t> index = state.FindStep(finished.step());
  if (!index.ok()) return world_.Fail(std::string(index.status().message()));
  const plan::v1::Step& step = *state.ledger(*index).step;
  bool proved = false;
  const Action& action = step.action();
  if (action.has_expect_ports() || action.has_expect_ping() || action.has_expect_cache()) {
    const bool closed = action.expect_ports().closed();
    proved = report_read_ != nullptr &&
             std::all_of(report_read_->results().begin(), report_read_->results().end(),
                         [closed](const auto& result) {
                           return (result.verdict() == plan::v1::ACCEPTS) != closed;
                         });
  } else if (step.action().has_wait()) {
    const plan::v1::StepStatus& status = state.status(*index);
    proved = TimeUtil::TimestampToNanoseconds(status.end_time()) -
                 TimeUtil::TimestampToNanoseconds(status.start_time()) >=
             TimeUtil::DurationToNanoseconds(step.action().wait().duration());
  } else if (step.action().has_hook()) {
    proved = hook_ended_ != nullptr && !hook_ended_->timed_out() && hook_ended_->exit_code() == 0;
  } else if (step.action().has_run_tool()) {
    proved = finished.operation().state() == plan::v1::OPERATION_SUCCEEDED;
  } else {
    proved = host_read_ != nullptr && host_read_->name() == step.host() &&
             Holds(step.action(), state.plan().new_controller(), state.run().run(), *host_read_);
  }
  if (!proved) {
    world_.Fail(
        absl::StrCat("step ", step.name(), " succeeded without being read back as it should be"));
  }
  const bool last_look = step.name().find("prove/") == 0 || step.name().find("confirm/") == 0;
  if (step.action().has_expect_services() && last_look) {
    proved_[step.host()] = world_.elapsed();
  }
}

void Checker::CheckAsPlanned(const engine::RunState& state) {
  for (const std::string& host : state.plan().hosts()) {
    Machine* machine = site_.Named(host);
    const auto proved = proved_.find(host);
    // What somebody changed behind Baton's back after the proof is not Baton's doing; and what a
    // person vouched for was not proved.
    if (proved == proved_.end() || machine->disturbed() >= proved->second - absl::Minutes(1)) {
      continue;
    }
    const auto& steps = state.run().steps();
    const bool vouched = std::any_of(steps.begin(), steps.end(), [&host](const auto& step) {
      return step.state() == plan::v1::SKIPPED &&
             step.step().find(absl::StrCat("/", host, "/")) != std::string::npos;
    });
    if (!vouched) CheckHostAsPlanned(*machine, state);
  }
}

void Checker::CheckHostAsPlanned(Machine& machine, const engine::RunState& state) {
  const plan::v1::ProcedureRequest& request = state.plan().request();
  const std::string& to = state.plan().new_controller();
  std::string wrong;
  if (!request.undoes().empty()) {
    wrong = WrongAfterUndo(machine, state);
  } else if (request.procedure() == plan::v1::ACTIVATE_PASSIVE) {
    wrong = WrongAfterActivation(machine, request);
  } else {
    wrong = WrongAfterMove(machine, to);
    if (wrong.empty() && request.procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE) {
      wrong = WrongAfterMoveOfCache(machine, to);
    }
  }
  if (wrong.empty()) return;
  world_.Fail(
      absl::StrCat("run ", state.run().run(), " succeeded, but on ", machine.name(), " ", wrong));
}

std::string Checker::WrongAfterActivation(Machine& machine,
                                          const plan::v1::ProcedureRequest& request) {
  const auto named = [&machine](const auto& names) {
    return std::find(names.begin(), names.end(), machine.name()) != names.end();
  };
  const Host host = machine.Describe();
  ServiceGoal scheduler;
  scheduler.set_service(plan::v1::SCHEDULER);
  scheduler.set_startup_type(named(request.activate()) ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
  scheduler.set_run_state(named(request.activate()) ? plan::v1::RUNNING : plan::v1::STOPPED);
  const bool changes = named(request.activate()) || named(request.deactivate());
  return changes && !Holds(scheduler, host) ? "its Scheduler is not as planned" : "";
}

engine::RunState Checker::ReplayRun(const std::string& run) const {
  engine::RunState state;
  for (const StoredRecord& stored : journal_.records()) {
    if (stored.record.run() != run) continue;
    const absl::Status applied = state.Apply(stored);
    if (!applied.ok()) world_.Fail(std::string(applied.message()));
  }
  return state;
}

std::string Checker::WrongAfterUndo(Machine& machine, const engine::RunState& undo) {
  const engine::RunState former = ReplayRun(undo.plan().request().undoes());
  const Host host = machine.Describe();
  const Host* before = nullptr;
  for (const plan::v1::HostObservation& seen : former.plan().observation().hosts()) {
    if (seen.host() == machine.name()) before = &seen.state();
  }
  if (before == nullptr) return "it is not known how it was";
  std::string wrong;
  for (size_t i = 0; i < former.step_count(); ++i) {
    const plan::v1::Step& step = *former.ledger(i).step;
    if (step.host() != machine.name() || former.status(i).attempt() == 0) continue;
    for (const plan::v1::ServiceState& was : before->services()) {
      const bool about = step.action().start_service().service() == was.service() ||
                         step.action().stop_service().service() == was.service() ||
                         step.action().set_startup_type().service() == was.service();
      // Whatever failed or was on its way then is not brought back.
      const bool settled =
          was.run_state() == plan::v1::STOPPED || was.initialization() == plan::v1::INITIALIZED;
      ServiceGoal goal;
      goal.set_service(was.service());
      goal.set_startup_type(was.startup_type());
      goal.set_run_state(was.run_state());
      if (about && settled && !Holds(goal, host)) {
        wrong = absl::StrCat("its ", Word(was.service()), " is not as before");
      }
    }
    for (const plan::v1::SettingChange& change : step.action().rewrite().changes()) {
      if (Holds(change.setting(), change.old_value(), host)) continue;
      wrong = absl::StrCat("its ", Word(change.setting()), " is not as before");
    }
  }
  if (undo.plan().new_controller().empty()) return wrong;
  const plan::v1::Assignment& kept = ledgers_[machine.name()].assignment;
  const bool held = kept.controller() == undo.plan().new_controller() &&
                    kept.state() == plan::v1::HELD && kept.run() == undo.run().run();
  return held ? wrong : "its agent does not keep that the old host holds the role again";
}

std::string Checker::WrongAfterMove(Machine& machine, const std::string& to) {
  const Host host = machine.Describe();
  ServiceGoal controller;
  controller.set_service(plan::v1::CONTROLLER);
  controller.set_startup_type(machine.name() == to ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
  controller.set_run_state(machine.name() == to ? plan::v1::RUNNING : plan::v1::STOPPED);
  std::string wrong;
  if (!Holds(controller, host)) wrong = "its Deployment Controller is not as planned";
  if (!Holds(plan::v1::CONTROLLER_HOST, site_.Named(to)->address(), host)) {
    wrong = "its controller.host is not the new one";
  }
  const auto ledger = ledgers_.find(machine.name());
  if (ledger == ledgers_.end() || ledger->second.assignment.controller() != to ||
      ledger->second.assignment.state() != plan::v1::HELD) {
    wrong = "its agent does not keep that the new host holds the role";
  }
  return wrong;
}

std::string Checker::WrongAfterMoveOfCache(Machine& machine, const std::string& to) {
  const Host host = machine.Describe();
  ServiceGoal cache;
  cache.set_service(plan::v1::CACHE);
  cache.set_startup_type(plan::v1::AUTOMATIC);
  cache.set_run_state(plan::v1::RUNNING);
  if (machine.name() == to && !Holds(cache, host)) return "the new cache is not as planned";
  if (machine.name() != to && machine.HasActiveCache()) return "a cache runs, too";
  if (!Holds(plan::v1::CACHE_HOST, site_.Named(to)->address(), host)) {
    return "its cache.host is not the new one";
  }
  if (machine.file().cache_password != kFarmCachePassword) {
    return "its cache.password is not what the farm file says";
  }
  return ledgers_.at(machine.name()).assignment.cache() == to
             ? ""
             : "its agent does not keep that the new host has the cache";
}

}  // namespace baton::simulation
