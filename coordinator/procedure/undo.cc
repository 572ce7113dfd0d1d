#include "coordinator/procedure/undo.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/procedure/cache_move.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/findings.h"
#include "coordinator/procedure/step_builder.h"
#include "coordinator/procedure/undo_targets.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::Plan;
using plan::v1::ProcedureRequest;
using plan::v1::ServiceGoal;
using plan::v1::ServiceState;
using plan::v1::Stage;
using plan::v1::Step;

bool MovesCache(const Plan& plan) {
  return plan.request().procedure() == plan::v1::MOVE_CONTROLLER_AND_CACHE;
}

// Makes the stages of one undo.
class Undoer {
 public:
  Undoer(const ObservedFarm& farm, const UndoTargets& targets, const Plan& plan)
      : farm_(farm),
        targets_(targets),
        plan_(plan),
        hosts_(targets.Hosts()),
        build_(farm, targets.to(), plan.request().procedure()) {}

  Stage Preflight() const {
    Stage stage = NewStage("preflight", kReadParallel);
    for (const std::string& host : hosts_) {
      *stage.add_steps() = build_.Unchanged("preflight", "unchanged", host);
    }
    return stage;
  }

  // What did not run before goes down, the new Deployment Controller first; then it is proved that
  // it is down, on the host and from the others.
  Stage Withdraw() const {
    Stage stage = NewStage("withdraw", 1);
    if (!targets_.from().empty()) {
      AddWithdrawal(targets_.from(), stage);
      *stage.add_steps() = ControllerDown();
    }
    for (const std::string& host : hosts_) {
      if (host != targets_.from()) AddWithdrawal(host, stage);
    }
    if (targets_.from().empty()) return stage;
    for (const std::string& host : hosts_) {
      if (host == targets_.from()) continue;
      Step closed = build_.ReachPorts("withdraw", "ports-closed", host,
                                      farm_.file().Find(targets_.from())->platform_address,
                                      targets_.from(), plan::v1::CONTROLLER);
      closed.mutable_action()->mutable_expect_ports()->set_closed(true);
      *stage.add_steps() = std::move(closed);
    }
    return stage;
  }

  // The roles go back: everybody is told before the old Deployment Controller may start.
  Stage HandBack() const {
    Stage stage = NewStage("hand-back", 1);
    if (targets_.to().empty()) return stage;
    for (const std::string& host : hosts_) {
      *stage.add_steps() =
          build_.Assign("hand-back", "assign-moving", host, plan::v1::MOVING, Roles());
    }
    for (const std::string& host : hosts_) {
      for (const FormerService& service : targets_.Services(host)) {
        if (IsRole(service) && service.runs) AddRole(host, service, stage);
      }
    }
    return stage;
  }

  Stage Restore() const {
    Stage stage = NewStage("restore", std::max<uint32_t>(1, plan_.request().max_parallel()),
                           !targets_.to().empty());
    for (const std::string& host : hosts_) AddLane(host, stage);
    return stage;
  }

  Stage Confirm() const {
    Stage stage = NewStage("confirm", 1);
    for (const std::string& host : hosts_) AddProof(host, stage);
    if (targets_.to().empty()) return stage;
    for (const std::string& host : hosts_) {
      *stage.add_steps() = build_.Assign("confirm", "assign-held", host, plan::v1::HELD, Roles());
    }
    return stage;
  }

 private:
  absl::string_view Roles() const {
    return MovesCache(plan_) ? "Deployment Controller and cache" : "Deployment Controller";
  }

  // The services that a farm has once, and that therefore go back in a stage of their own.
  bool IsRole(const FormerService& service) const {
    return !targets_.to().empty() &&
           (service.service == plan::v1::CONTROLLER || service.service == plan::v1::CACHE);
  }

  bool TypeDiffers(const std::string& host, const FormerService& service) const {
    const ServiceState* state = farm_.Service(host, service.service);
    return service.startup_type != plan::v1::STARTUP_TYPE_UNSPECIFIED && state != nullptr &&
           state->startup_type() != service.startup_type;
  }

  bool IsUp(const std::string& host, plan::v1::Service service) const {
    return Serves(farm_.Service(host, service));
  }

  bool IsStopped(const std::string& host, plan::v1::Service service) const {
    const ServiceState* state = farm_.Service(host, service);
    return state == nullptr || state->run_state() == plan::v1::STOPPED;
  }

  void AddType(absl::string_view stage_name, const std::string& host, const FormerService& service,
               Stage& stage) const {
    if (!TypeDiffers(host, service)) return;
    *stage.add_steps() = build_.SetStartupType(stage_name, "startup-type-$service", host,
                                               service.service, service.startup_type);
  }

  // Disabled first: a host that loses power in between would come back with it.
  void AddWithdrawal(const std::string& host, Stage& stage) const {
    for (const FormerService& service : targets_.Services(host)) {
      if (service.runs) continue;
      AddType("withdraw", host, service, stage);
      if (IsStopped(host, service.service)) continue;
      *stage.add_steps() = build_.Stop("withdraw", "stop-$service", host, service.service);
    }
  }

  Step ControllerDown() const {
    ServiceGoal goal;
    goal.set_service(plan::v1::CONTROLLER);
    goal.set_run_state(plan::v1::STOPPED);
    // One that the run has not touched yet is as it was, and only must not run.
    for (const FormerService& service : targets_.Services(targets_.from())) {
      if (service.service == plan::v1::CONTROLLER) goal.set_startup_type(service.startup_type);
    }
    Step step = build_.ExpectServices("withdraw", "controller-down", targets_.from(), {goal});
    const bool typed = goal.startup_type() != plan::v1::STARTUP_TYPE_UNSPECIFIED;
    step.set_transition(
        absl::StrCat("stopped", typed ? ", " : "", typed ? Word(goal.startup_type()) : ""));
    return step;
  }

  // The Deployment Controller is started once its own configuration names it again.
  void AddRole(const std::string& host, const FormerService& service, Stage& stage) const {
    AddType("hand-back", host, service, stage);
    if (service.service != plan::v1::CACHE || IsUp(host, service.service)) return;
    *stage.add_steps() = build_.Start("hand-back", "start-cache", host, service.service);
  }

  // Whether the old Deployment Controller runs once the undo is done.
  bool ControllerRuns() const {
    for (const FormerService& service : targets_.Services(targets_.to())) {
      if (service.service == plan::v1::CONTROLLER) return service.runs;
    }
    return IsUp(targets_.to(), plan::v1::CONTROLLER);
  }

  // The services that the vendor's Configuration Tool restarts with an apply.
  bool RestartsWithApply(const std::string& host, plan::v1::Service service) const {
    const auto& services = farm_.State(host)->profile().services();
    return absl::c_any_of(services, [service](const plan::v1::ServiceProfile& profile) {
      return profile.service() == service && profile.restarts_with_platform();
    });
  }

  // As a repoint, but back: file, apply, services, startup types.
  void AddLane(const std::string& host, Stage& stage) const {
    const FormerFile file = targets_.File(host);
    const bool applied = targets_.Applied(host);
    if (file.restore.has_value()) {
      *stage.add_steps() = RestoreStep(host, *file.restore);
    } else if (file.Differs()) {
      *stage.add_steps() = build_.Rewrite("restore", "rewrite", host, file.changes);
    }
    std::vector<plan::v1::Service> restarted;
    std::vector<plan::v1::Service> started;
    for (const FormerService& service : targets_.Services(host)) {
      if (!service.runs) continue;
      if (applied && RestartsWithApply(host, service.service)) {
        restarted.push_back(service.service);
      } else if (!IsUp(host, service.service) && service.service != plan::v1::CACHE) {
        started.push_back(service.service);
      }
      if (!IsRole(service)) AddType("restore", host, service, stage);
    }
    if (applied) {
      if (MovesCache(plan_)) *stage.add_steps() = LogIn("restore", "log-in-to-cache", host);
      *stage.add_steps() = build_.RunTool("restore", "apply", host, plan::v1::APPLY_CONFIGURATION);
    }
    build_.AddRestart("restore", host, restarted, stage);
    for (const plan::v1::Service service : started) {
      *stage.add_steps() = build_.Start("restore", "start-$service", host, service);
    }
    if (!applied) return;
    *stage.add_steps() =
        build_.ExpectServices("restore", "startup-types", host, Goals(host, /*run_states=*/false));
  }

  Step RestoreStep(const std::string& host, const plan::v1::Restore& restore) const {
    Step step = build_.Make("restore", "file", host);
    *step.mutable_action()->mutable_restore() = restore;
    step.set_transition(absl::StrCat("from ", restore.backup()));
    return step;
  }

  Step LogIn(absl::string_view stage, absl::string_view what, const std::string& host) const {
    // Where the run's password stays, it is proved that the former cache takes it.
    const bool keeps_new =
        absl::c_linear_search(targets_.File(host).unknown, plan::v1::CACHE_PASSWORD);
    return build_.LogInToCache(stage, what, host, targets_.Cache(keeps_new));
  }

  // What the services of the host must come to: those that the run may have changed as before, and
  // the others' startup types as they are now.
  std::vector<ServiceGoal> Goals(const std::string& host, bool run_states) const {
    const std::vector<FormerService> former = targets_.Services(host);
    std::vector<ServiceGoal> goals;
    for (const ServiceState& state : farm_.State(host)->services()) {
      const auto target = absl::c_find_if(former, [&state](const FormerService& service) {
        return service.service == state.service();
      });
      ServiceGoal goal;
      goal.set_service(state.service());
      const bool known = target != former.end();
      goal.set_startup_type(known ? target->startup_type : state.startup_type());
      if (known && run_states) {
        goal.set_run_state(target->runs ? plan::v1::RUNNING : plan::v1::STOPPED);
      }
      const bool says_nothing = state.run_state() == plan::v1::ABSENT ||
                                goal.startup_type() == plan::v1::OTHER ||
                                goal.startup_type() == plan::v1::STARTUP_TYPE_UNSPECIFIED;
      if (!says_nothing) goals.push_back(std::move(goal));
    }
    return goals;
  }

  void AddProof(const std::string& host, Stage& stage) const {
    *stage.add_steps() =
        build_.ExpectServices("confirm", "services", host, Goals(host, /*run_states=*/true));
    const FormerFile file = targets_.File(host);
    if (!file.expected.empty()) {
      *stage.add_steps() = build_.ExpectSettings("confirm", "settings", host, file.expected);
    }
    if (targets_.to().empty()) return;
    if (ControllerRuns()) {
      *stage.add_steps() = build_.ReachPorts("confirm", "ports", host,
                                             farm_.file().Find(targets_.to())->platform_address,
                                             targets_.to(), plan::v1::CONTROLLER);
    }
    if (MovesCache(plan_)) *stage.add_steps() = LogIn("confirm", "cache", host);
  }

  const ObservedFarm& farm_;
  const UndoTargets& targets_;
  const Plan& plan_;
  const std::vector<std::string> hosts_;
  const StepBuilder build_;
};

// What is to be expected of a farm that the run left half-way.
bool IsExpected(const Finding& finding, const std::string& from) {
  if (finding.name() == "controller-ambiguous" || finding.name() == "settings-differ") return true;
  return finding.name() == "controller-drift" && finding.host() == from;
}

absl::Status CheckOptions(const ProcedureRequest& request, const ProcedureRequest& former) {
  if (request.reason().empty()) return absl::InvalidArgumentError("an undo needs --reason");
  const bool other_procedure = request.procedure() != plan::v1::PROCEDURE_UNSPECIFIED &&
                               request.procedure() != former.procedure();
  const bool other_host = !request.to().empty() && request.to() != former.to();
  if (!other_procedure && !other_host && request.fails_back().empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "an undo takes procedure and hosts from the run that it undoes, and cannot be a failback");
}

}  // namespace

absl::StatusOr<ProcedureRequest> ResolveUndo(const FarmFile& file, const ProcedureRequest& request,
                                             const FormerRun& former) {
  RETURN_IF_ERROR(CheckUndo(former));
  const ProcedureRequest& before = former.run.plan().request();
  RETURN_IF_ERROR(CheckOptions(request, before));
  for (const std::string& host : former.run.plan().hosts()) {
    if (file.Find(host) != nullptr) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("run ", former.run.run(), " cannot be undone: it worked on ", host,
                     ", and farm.yaml has no such host any more; put it back first"));
  }
  ProcedureRequest resolved = request;
  resolved.set_procedure(before.procedure());
  resolved.set_to(before.to());
  *resolved.mutable_activate() = before.activate();
  *resolved.mutable_deactivate() = before.deactivate();
  return resolved;
}

std::vector<Finding> FindUndoTrouble(const ObservedFarm& farm, const FormerRun& former) {
  const UndoTargets targets(farm, former);
  std::vector<Finding> findings = FindEverything(farm, "");
  findings.erase(
      std::remove_if(findings.begin(), findings.end(),
                     [&targets](const Finding& f) { return IsExpected(f, targets.from()); }),
      findings.end());
  std::vector<Finding> more;
  for (const std::string& host : targets.Hosts()) {
    if (farm.LeftOut(host)) {
      more.push_back(MakeFinding("role-in-maintenance", host,
                                 absl::StrCat("the run that is undone worked on ", host,
                                              ", which is in maintenance now")));
    }
    if (farm.State(host) == nullptr) continue;
    std::vector<std::string> unknown;
    for (const plan::v1::Setting setting : targets.File(host).unknown) {
      unknown.push_back(Word(setting));
    }
    if (unknown.empty()) continue;
    more.push_back(MakeFinding(
        "old-value-encrypted", host,
        absl::StrCat("the run wrote ", absl::StrJoin(unknown, ", "), " on ", host,
                     ", and the value of before stood in the file encrypted: what the run wrote ",
                     "would stay")));
  }
  // What stays is proved with the secret that it was written from.
  for (const plan::v1::SecretCheck& secret : farm.observation().secrets()) {
    if (more.empty() || secret.error().empty() || secret.name() != kCachePassword) continue;
    more.push_back(MakeFinding("secret-unreadable", "", secret.error()));
  }
  AddFindings(std::move(more), findings);
  return findings;
}

void SetUndoRoles(const ObservedFarm& farm, const FormerRun& former, Plan& plan) {
  const UndoTargets targets(farm, former);
  plan.set_old_controller(targets.to().empty() ? former.run.plan().old_controller()
                                               : targets.from());
  plan.set_new_controller(targets.to());
  plan.clear_hosts();
  for (const std::string& host : targets.Hosts()) plan.add_hosts(host);
}

void PlanUndo(const ObservedFarm& farm, const FormerRun& former, Plan& plan) {
  const UndoTargets targets(farm, former);
  if (!targets.to().empty()) {
    const ObservedFarm before(farm.file(), former.run.plan().observation());
    plan.mutable_assignment()->set_controller(targets.to());
    plan.mutable_assignment()->set_cache(MovesCache(plan) ? targets.CacheHost()
                                                          : before.NewestAssignment().cache());
  }
  const Undoer undoer(farm, targets, plan);
  for (Stage& stage : std::vector<Stage>{undoer.Preflight(), undoer.Withdraw(), undoer.HandBack(),
                                         undoer.Restore(), undoer.Confirm()}) {
    if (!stage.steps().empty()) *plan.add_stages() = std::move(stage);
  }
}

}  // namespace baton
