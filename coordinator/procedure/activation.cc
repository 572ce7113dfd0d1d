#include "coordinator/procedure/activation.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/procedure/finding_catalog.h"
#include "coordinator/procedure/lost_hosts.h"

namespace baton {
namespace {

using plan::v1::Finding;
using plan::v1::ProcedureRequest;
using plan::v1::ServiceState;
using Names = google::protobuf::RepeatedPtrField<std::string>;

absl::Status CheckNames(const FarmFile& file, const Names& names) {
  for (const std::string& name : names) {
    RETURN_IF_ERROR(file.CheckHas(name));
    if (!file.Find(name)->front_end) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, " is no front-end: its services stay as they are"));
    }
    if (absl::c_count(names, name) > 1) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is named twice"));
    }
  }
  return absl::OkStatus();
}

bool NamesHosts(const ProcedureRequest& request) {
  return !request.activate().empty() || !request.deactivate().empty();
}

// The service is up, and comes up by itself with its host.
bool IsUpForGood(const ServiceState* state) {
  return Serves(state) && state->startup_type() == plan::v1::AUTOMATIC;
}

// Collects what speaks against one activation.
class ActivationTrouble {
 public:
  ActivationTrouble(const ObservedFarm& farm, const ProcedureRequest& chosen)
      : farm_(farm), chosen_(chosen) {}

  // Without it no Scheduler initialises. One that runs elsewhere is a finding of every procedure.
  void FindControllerDown() {
    const std::string host = FindController(farm_).host;
    if (host.empty()) return;
    const bool lost = farm_.participants().FindLost(host) != nullptr;
    if (lost && farm_.State(host) == nullptr) return FindLostControllerDown(host);
    if (farm_.State(host) == nullptr) return;
    const ServiceState* state = farm_.Service(host, plan::v1::CONTROLLER);
    if (Serves(state)) return;
    Add("controller-down", host,
        absl::StrCat("the Deployment Controller on ", host, " does not answer (",
                     DescribeService(state), "), and no Scheduler initialises without it"));
  }

  void FindUnclearGroups() {
    for (const FarmHost& host : farm_.file().hosts) {
      if (farm_.LeftOut(host.name)) continue;
      const ServiceState* scheduler = farm_.Service(host.name, plan::v1::SCHEDULER);
      const bool clear = farm_.GroupOf(host.name) != plan::v1::GROUP_UNSPECIFIED;
      if (!host.front_end || scheduler == nullptr || clear) continue;
      Add("group-unclear", host.name,
          absl::StrCat(host.name, " is neither active nor passive: its Scheduler is ",
                       DescribeService(scheduler)));
    }
  }

  void FindMissingServices() {
    for (const FarmHost& host : farm_.file().hosts) {
      const bool counts = farm_.State(host.name) != nullptr && !farm_.LeftOut(host.name);
      if (!host.front_end || !counts) continue;
      const bool changes = absl::c_linear_search(chosen_.activate(), host.name) ||
                           absl::c_linear_search(chosen_.deactivate(), host.name);
      if (changes) FindMissing(host.name, plan::v1::SCHEDULER);
      FindMissing(host.name, plan::v1::DEPLOYMENT);
    }
    for (const std::string& host : chosen_.deactivate()) {
      const ServiceState* scheduler = farm_.Service(host, plan::v1::SCHEDULER);
      if (farm_.LeftOut(host) || scheduler == nullptr || scheduler->can_disable()) continue;
      Add("unit-not-maskable", host,
          absl::StrCat("the Scheduler cannot be disabled: ", scheduler->detail()));
    }
  }

  void FindNothingToDo() {
    if (chosen_.activate().empty() && chosen_.deactivate().empty()) {
      return Add("nothing-to-do", "", "no front-end is passive, so there is nothing to swap");
    }
    for (const FarmHost& host : farm_.file().hosts) {
      if (farm_.LeftOut(host.name)) continue;
      const bool done =
          !host.front_end ||
          (IsUpForGood(farm_.Service(host.name, plan::v1::DEPLOYMENT)) && InPlace(host));
      if (!done || farm_.State(host.name) == nullptr) return;
    }
    Add("nothing-to-do", "", "every front-end is as it is asked for already");
  }

  void FindActivatedInMaintenance() {
    for (const std::string& host : chosen_.activate()) {
      if (!farm_.LeftOut(host)) continue;
      Add("role-in-maintenance", host,
          absl::StrCat(host, " shall become active, and is in maintenance"));
    }
  }

  // A farm without any Scheduler executes no timer. A host that does not answer or is left out is
  // not counted on.
  void FindNobodyActive() {
    for (const FarmHost& host : farm_.file().hosts) {
      if (farm_.LeftOut(host.name)) continue;
      const bool active =
          ShownGroup(farm_.Service(host.name, plan::v1::SCHEDULER)) == plan::v1::GROUP_ACTIVE;
      const bool stays = active && !absl::c_linear_search(chosen_.deactivate(), host.name);
      if (stays || absl::c_linear_search(chosen_.activate(), host.name)) return;
    }
    Add("no-active-scheduler", "",
        chosen_.deactivate().empty()
            ? "no Scheduler runs, and none would be activated"
            : absl::StrCat("no Scheduler would run once ",
                           absl::StrJoin(chosen_.deactivate(), ", "), " stood down"));
  }

  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  // Its agent does not answer, and the others may all the same see that it serves.
  void FindLostControllerDown(const std::string& host) {
    const ControllerSighting sighting = JudgeSightings(farm_, host, "");
    if (sighting.sight == ControllerSight::kSeen) return;
    Add("controller-down", host,
        absl::StrCat("the Deployment Controller is on ", host, ", which is named lost (",
                     sighting.words, "), and no Scheduler initialises without it"));
  }

  void Add(absl::string_view name, absl::string_view host, std::string reason) {
    findings_.push_back(MakeFinding(name, host, std::move(reason)));
  }

  void FindMissing(const std::string& host, plan::v1::Service service) {
    if (farm_.Service(host, service) != nullptr) return;
    Add("service-missing", host,
        absl::StrCat(host, " has no ", ServiceTitle(service), " installed"));
  }

  // The Scheduler is where the request wants it, or the request does not speak of it.
  bool InPlace(const FarmHost& host) const {
    const ServiceState* scheduler = farm_.Service(host.name, plan::v1::SCHEDULER);
    if (absl::c_linear_search(chosen_.activate(), host.name)) return IsUpForGood(scheduler);
    return !absl::c_linear_search(chosen_.deactivate(), host.name) ||
           ShownGroup(scheduler) == plan::v1::GROUP_PASSIVE;
  }

  const ObservedFarm& farm_;
  const ProcedureRequest& chosen_;
  std::vector<Finding> findings_;
};

}  // namespace

absl::Status CheckActivation(const FarmFile& file, const ProcedureRequest& request) {
  if (!request.to().empty()) {
    return absl::InvalidArgumentError(
        "activate-passive leaves the Deployment Controller where it is: it has no --to");
  }
  RETURN_IF_ERROR(CheckNames(file, request.activate()));
  RETURN_IF_ERROR(CheckNames(file, request.deactivate()));
  for (const std::string& host : request.activate()) {
    if (!absl::c_linear_search(request.deactivate(), host)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(host, " is named with --activate and with --deactivate"));
  }
  return absl::OkStatus();
}

ProcedureRequest ChooseHosts(const ObservedFarm& farm, const ProcedureRequest& request) {
  ProcedureRequest chosen = request;
  chosen.clear_activate();
  chosen.clear_deactivate();
  const bool swap = !NamesHosts(request);
  for (const FarmHost& host : farm.file().hosts) {
    const plan::v1::Group group = farm.GroupOf(host.name);
    const bool lost = farm.participants().FindLost(host.name) != nullptr;
    const bool unseen = lost && host.front_end && farm.State(host.name) == nullptr;
    const bool may_be_active = unseen && host.group != plan::v1::GROUP_PASSIVE;
    const bool up = swap ? !farm.LeftOut(host.name) && group == plan::v1::GROUP_PASSIVE
                         : absl::c_linear_search(request.activate(), host.name);
    const bool down = swap ? may_be_active || group == plan::v1::GROUP_ACTIVE
                           : absl::c_linear_search(request.deactivate(), host.name);
    if (up) chosen.add_activate(host.name);
    if (down) chosen.add_deactivate(host.name);
  }
  // Nobody would take over.
  if (swap && chosen.activate().empty()) chosen.clear_deactivate();
  return chosen;
}

std::vector<Finding> FindActivationTrouble(const ObservedFarm& farm,
                                           const ProcedureRequest& request) {
  const ProcedureRequest chosen = ChooseHosts(farm, request);
  ActivationTrouble trouble(farm, chosen);
  trouble.FindControllerDown();
  if (!NamesHosts(request)) trouble.FindUnclearGroups();
  trouble.FindMissingServices();
  trouble.FindNothingToDo();
  trouble.FindActivatedInMaintenance();
  trouble.FindNobodyActive();
  return trouble.Take();
}

}  // namespace baton
