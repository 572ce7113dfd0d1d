#include "tests/simulation/person.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/confirmation.h"
#include "coordinator/procedure/planner.h"
#include "tests/simulation/checker.h"

namespace baton::simulation {
namespace {

constexpr int kStartsMax = 60;
constexpr int kDecisionsMax = 60;
constexpr int kUndosMax = 30;
// Of all people: those who undo; and of a run that is paused: how likely at each look.
constexpr double kUndoes = 0.35;
constexpr double kUndoesNow = 0.3;
// Nobody looks at a run any more so long after the last fault.
constexpr absl::Duration kPatience = absl::Hours(72);

void WriteByHand(plan::v1::Setting setting, std::string value, Machine& machine) {
  std::string* place = machine.file().Find(setting);
  if (place != nullptr) *place = std::move(value);
}

void WriteByHand(const plan::v1::Action& action, Machine& machine) {
  for (const plan::v1::SettingChange& change : action.rewrite().changes()) {
    const bool secret = !change.secret().empty();
    WriteByHand(change.setting(), secret ? std::string(kFarmCachePassword) : change.new_value(),
                machine);
  }
  for (const plan::v1::SettingValue& value : action.expect_settings().settings()) {
    WriteByHand(value.setting(), value.value(), machine);
  }
  const ConfigurationText* backup = machine.FindBackup(action.restore().backup());
  if (backup != nullptr) machine.file() = *backup;
}

}  // namespace

Person::Person(World& world, CoordinatorNode& coordinator, Site& site,
               plan::v1::ProcedureRequest request)
    : world_(world),
      coordinator_(coordinator),
      site_(site),
      request_(std::move(request)),
      decisions_max_(world.random().Chance(0.2) ? static_cast<int>(world.random().Below(3))
                                                : kDecisionsMax),
      undoes_(world.random().Chance(kUndoes)) {}

void Person::Later(absl::Duration least, absl::Duration most, void (Person::*step)()) {
  if (world_.elapsed() > world_.faults().until() + kPatience) return;
  world_.time().After(world_.random().Between(least, most), [this, step] { (this->*step)(); });
}

void Person::Begin() { Later(absl::Seconds(1), absl::Seconds(5), &Person::AskForPlan); }

// --- Starting a run -----------------------------------------------------------------------------

void Person::TryToStartAgain() {
  if (++starts_ < kStartsMax) Later(absl::Seconds(5), absl::Minutes(3), &Person::AskForPlan);
}

void Person::AskForPlan() {
  const int asked = ++plans_;
  // Whoever hears nothing for a minute asks again.
  world_.time().After(absl::Minutes(1), [this, asked] {
    if (asked == plans_ && run_.empty()) TryToStartAgain();
  });
  coordinator_.CreatePlan(request_, [this, asked](absl::StatusOr<plan::v1::Plan> plan) {
    if (asked != plans_ || !plan.ok()) return;
    for (const plan::v1::Finding& finding :
         Forbidding({plan->findings().begin(), plan->findings().end()})) {
      return world_.Trace("person", "cannot run the plan: ", finding.name(), " on ", finding.host(),
                          ": ", finding.reason());
    }
    plan_id_ = plan->plan_id();
    confirmation_ = ConfirmationOf(*plan);
    AskForRun();
  });
}

void Person::AskForRun() {
  coordinator::v1::StartRunRequest request;
  request.set_plan_id(plan_id_);
  request.set_confirmation(confirmation_);
  request.set_request_id(absl::StrCat("request-", plan_id_));
  coordinator_.StartRun(request, [this](const absl::StatusOr<std::string>& run) {
    if (!run.ok()) return world_.Trace("person", "is refused: ", run.status().message());
    run_ = *run;
    Later(absl::Seconds(5), absl::Minutes(1), &Person::Look);
  });
}

// --- Looking after it ---------------------------------------------------------------------------

void Person::Look() {
  const engine::RunState* state = coordinator_.NewestRun();
  const plan::v1::RunPhase phase =
      state == nullptr ? plan::v1::RUN_PHASE_UNSPECIFIED : state->run().phase();
  if (engine::Ended(phase)) {
    const bool rests = phase == plan::v1::RUN_SUCCEEDED || !undoes_ || undos_ >= kUndosMax;
    const bool changed = state->run().changed() || !undone_.empty();
    return rests || !changed ? void() : AskForUndo();
  }
  const bool undo_now = phase == plan::v1::RUN_PAUSED && undoes_ && undone_.empty() &&
                        undos_ < kUndosMax && world_.random().Chance(kUndoesNow);
  if (undo_now) return AskForUndo();
  if (phase == plan::v1::RUN_PAUSED) {
    if (decisions_ >= decisions_max_) return world_.Trace("person", "lets the run rest");
    Decide(*state);
  } else if (phase == plan::v1::RUN_WAITING) {
    AnswerGate(*state);
  } else if (world_.Roll(Fault::kPersonCancels, "")) {
    coordinator_.StopRun(run_, true);
  } else if (world_.Roll(Fault::kPersonPauses, "")) {
    coordinator_.StopRun(run_, false);
  }
  Later(absl::Seconds(10), absl::Minutes(5), &Person::Look);
}

void Person::AskForUndo() {
  ++undos_;
  Later(absl::Seconds(10), absl::Minutes(5), &Person::Look);
  plan::v1::ProcedureRequest request;
  request.set_undoes(undone_.empty() ? run_ : undone_);
  request.set_reason("asked for in a simulation");
  coordinator_.CreatePlan(request, [this](const absl::StatusOr<plan::v1::Plan>& plan) {
    if (!plan.ok()) return world_.Trace("person", "cannot undo: ", plan.status().message());
    for (const plan::v1::Finding& finding :
         Forbidding({plan->findings().begin(), plan->findings().end()})) {
      return world_.Trace("person", "cannot run the undo: ", finding.name(), " on ", finding.host(),
                          ": ", finding.reason());
    }
    StartUndo(*plan);
  });
}

void Person::StartUndo(const plan::v1::Plan& plan) {
  coordinator::v1::StartRunRequest request;
  request.set_plan_id(plan.plan_id());
  request.set_confirmation(ConfirmationOf(plan));
  request.set_request_id(absl::StrCat("request-", plan.plan_id()));
  coordinator_.StartRun(
      request, [this, undone = plan.request().undoes()](const absl::StatusOr<std::string>& run) {
        if (!run.ok()) return world_.Trace("person", "is refused: ", run.status().message());
        run_ = *run;
        undone_ = undone;
        world_.Trace("person", "undoes ", undone_, " by ", run_);
      });
}

void Person::Decide(const engine::RunState& state) {
  ++decisions_;
  const size_t undecided = state.FirstUndecided();
  if (undecided == state.step_count()) return Ask(journal::v1::DECISION_UNSPECIFIED);
  const double mood = world_.random().Unit();
  if (mood < 0.02) return coordinator_.StopRun(run_, true);
  if (mood < 0.03) return Ask(journal::v1::FORCE_STOP);
  const plan::v1::Step& step = *state.ledger(undecided).step;
  for (const plan::v1::ToolArgument& argument : step.action().arguments()) {
    if (!argument.has_gate() || mood > 0.2) continue;
    world_.Trace("person", "wants to bring another file to ", argument.gate().step());
    return Ask(journal::v1::RETRY, argument.gate().step());
  }
  if (mood < 0.6) return Ask(journal::v1::RETRY);
  PutRight(step);
  // Nobody can make an agent keep an assignment by hand.
  const bool vouch = mood > 0.85 && !step.action().has_set_assignment();
  Ask(vouch ? journal::v1::ACCEPT : journal::v1::RETRY);
}

// Mostly with what is asked for; sometimes nobody is there, and rarely the answer is no.
void Person::AnswerGate(const engine::RunState& state) {
  const double mood = world_.random().Unit();
  const size_t open = state.OpenGate();
  if (mood < 0.3 || open == state.step_count()) return;
  coordinator::v1::AnswerGateRequest request;
  request.set_run(run_);
  request.set_gate(state.status(open).step());
  request.set_reason("asked for in a simulation");
  request.set_approve(mood > 0.32);
  if (request.approve()) {
    for (const plan::v1::GateInput& input : state.ledger(open).step->action().gate().inputs()) {
      plan::v1::GateValue* value = request.add_values();
      value->set_name(input.name());
      value->set_file(absl::StrCat("license ", ++licenses_));
    }
  }
  coordinator_.AnswerGate(request, [this](const absl::StatusOr<std::string>& run) {
    if (!run.ok()) world_.Trace("person", "is refused: ", run.status().message());
  });
}

void Person::Ask(journal::v1::Decision decision, const std::string& step) {
  coordinator::v1::ResumeRunRequest request;
  request.set_run(run_);
  request.set_decision(decision);
  request.set_step(step);
  request.set_reason("asked for in a simulation");
  coordinator_.ResumeRun(request, [this](const absl::StatusOr<std::string>& run) {
    if (!run.ok()) world_.Trace("person", "is refused: ", run.status().message());
  });
}

void Person::MakeCacheByHand() {
  Machine* machine = site_.Named(request_.to());
  if (!machine->powered()) return;
  PutSettingsRight(*machine);
  machine->MakeCacheByHand();
}

void Person::PutSettingsRight(Machine& machine) {
  const std::string& address = site_.Named(request_.to())->address();
  machine.file().controller_host = address;
  if (request_.procedure() != plan::v1::MOVE_CONTROLLER_AND_CACHE) return;
  machine.file().cache_host = address;
  machine.file().cache_password = std::string(kFarmCachePassword);
}

void Person::PutRight(const plan::v1::Step& step) {
  Machine* machine = site_.Named(step.host());
  if (machine == nullptr || !machine->powered()) return;
  world_.Trace("person", "puts right by hand what ", step.name(), " is about");
  const plan::v1::Action& action = step.action();
  if (action.has_start_service()) machine->SetByHand(action.start_service());
  if (action.has_stop_service()) machine->SetByHand(action.stop_service());
  if (action.has_set_startup_type()) machine->SetByHand(action.set_startup_type());
  for (const plan::v1::ServiceGoal& goal : action.expect_services().services()) {
    machine->SetByHand(goal);
  }
  const bool settings =
      action.has_rewrite() || action.has_expect_settings() || action.has_restore();
  WriteByHand(action, *machine);
  if (settings || action.has_start_service() ||
      (action.has_run_tool() && action.run_tool() == plan::v1::APPLY_CONFIGURATION)) {
    machine->ApplyByHand();
  }
  const bool cache =
      action.has_expect_cache() ||
      (action.has_start_service() && action.start_service().service() == plan::v1::CACHE) ||
      (action.has_run_tool() && action.run_tool() == plan::v1::CREATE_CACHE_SERVICE);
  if (cache && undone_.empty()) MakeCacheByHand();
  if (action.has_expect_ping() ||
      (action.has_run_tool() && action.run_tool() == plan::v1::INSTALL_SERVICE_CENTER)) {
    machine->InstallByHand();
  }
}

}  // namespace baton::simulation
