#include "coordinator/procedure/observed_farm.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton {

using plan::v1::HostObservation;
using plan::v1::ServiceState;

const HostObservation* ObservedFarm::Find(absl::string_view host) const {
  for (const HostObservation& candidate : observation_.hosts()) {
    if (candidate.host() == host) return &candidate;
  }
  return nullptr;
}

const plan::v1::Host* ObservedFarm::State(absl::string_view host) const {
  const HostObservation* observation = Find(host);
  return observation != nullptr && observation->has_state() ? &observation->state() : nullptr;
}

const ServiceState* ObservedFarm::Service(absl::string_view host, plan::v1::Service service) const {
  const plan::v1::Host* state = State(host);
  if (state == nullptr) return nullptr;
  for (const ServiceState& candidate : state->services()) {
    if (candidate.service() == service && candidate.run_state() != plan::v1::ABSENT) {
      return &candidate;
    }
  }
  return nullptr;
}

plan::v1::Group ObservedFarm::GroupOf(absl::string_view host) const {
  const FarmHost* entry = file_.Find(host);
  if (entry == nullptr || !entry->front_end) return plan::v1::GROUP_UNSPECIFIED;
  return ShownGroup(Service(host, plan::v1::SCHEDULER));
}

std::string ObservedFarm::Setting(absl::string_view host, plan::v1::Setting setting) const {
  const plan::v1::Host* state = State(host);
  if (state == nullptr) return "";
  for (const plan::v1::SettingValue& value : state->configuration().settings()) {
    if (value.setting() == setting) return value.value();
  }
  return "";
}

SettingOnHosts ObservedFarm::SettingEverywhere(plan::v1::Setting setting) const {
  SettingOnHosts found;
  for (const FarmHost& host : file_.hosts) {
    if (LeftOut(host.name)) continue;
    std::string value = Setting(host.name, setting);
    if (value.empty()) {
      found.unknown.push_back(host.name);
    } else if (std::find(found.values.begin(), found.values.end(), value) == found.values.end()) {
      found.values.push_back(std::move(value));
    }
  }
  return found;
}

plan::v1::Assignment ObservedFarm::NewestAssignment() const {
  plan::v1::Assignment newest;
  for (const HostObservation& host : observation_.hosts()) {
    const plan::v1::Assignment& seen = host.state().assignment();
    const bool newer = seen.epoch() > newest.epoch() ||
                       (seen.epoch() == newest.epoch() && seen.state() > newest.state());
    if (newer) newest = seen;
  }
  return newest;
}

std::vector<std::string> ObservedFarm::HostsRunning(plan::v1::Service service) const {
  std::vector<std::string> hosts;
  for (const FarmHost& host : file_.hosts) {
    const ServiceState* state = Service(host.name, service);
    if (state == nullptr) continue;
    const plan::v1::RunState run = state->run_state();
    if (run == plan::v1::RUNNING || run == plan::v1::STARTING || run == plan::v1::STOPPING) {
      hosts.push_back(host.name);
    }
  }
  return hosts;
}

const plan::v1::ToolProfile* FindTool(const plan::v1::Host& host, plan::v1::Tool tool) {
  for (const plan::v1::ToolProfile& profile : host.profile().tools()) {
    if (profile.tool() == tool) return &profile;
  }
  return nullptr;
}

plan::v1::Group ShownGroup(const ServiceState* scheduler) {
  if (scheduler == nullptr) return plan::v1::GROUP_UNSPECIFIED;
  const plan::v1::StartupType type = scheduler->startup_type();
  const bool up =
      scheduler->run_state() == plan::v1::RUNNING || scheduler->run_state() == plan::v1::STARTING;
  if (type == plan::v1::DISABLED) {
    return scheduler->run_state() == plan::v1::STOPPED ? plan::v1::GROUP_PASSIVE
                                                       : plan::v1::GROUP_UNSPECIFIED;
  }
  return up && type != plan::v1::STARTUP_TYPE_UNSPECIFIED ? plan::v1::GROUP_ACTIVE
                                                          : plan::v1::GROUP_UNSPECIFIED;
}

bool IsDown(const ServiceState* state) {
  return state != nullptr && state->run_state() == plan::v1::STOPPED &&
         state->startup_type() == plan::v1::DISABLED;
}

bool Serves(const ServiceState* state) {
  return state != nullptr && state->run_state() == plan::v1::RUNNING &&
         state->initialization() == plan::v1::INITIALIZED;
}

std::string DescribeService(const ServiceState* state) {
  if (state == nullptr) return "not installed";
  const bool half_way = state->run_state() == plan::v1::RUNNING && !Serves(state);
  return absl::StrCat(Word(state->run_state()), half_way ? " (not initialised), " : ", ",
                      Word(state->startup_type()));
}

std::string DescribeSetting(plan::v1::Setting setting, const SettingOnHosts& found) {
  if (found.values.empty()) return absl::StrCat("no host's ", Word(setting), " is known");
  return absl::StrCat("the hosts' ", Word(setting), " is ", absl::StrJoin(found.values, " and "),
                      found.unknown.empty() ? "" : ", and not known on ",
                      absl::StrJoin(found.unknown, ", "));
}

namespace {

// Decides from settings and startup types, for a farm that Baton has not moved yet.
ControllerVerdict FindUnassigned(const ObservedFarm& farm) {
  std::vector<std::string> enabled;
  for (const FarmHost& host : farm.file().hosts) {
    const ServiceState* service = farm.Service(host.name, plan::v1::CONTROLLER);
    if (service != nullptr && service->startup_type() != plan::v1::DISABLED) {
      enabled.push_back(host.name);
    }
  }
  const SettingOnHosts named = farm.SettingEverywhere(plan::v1::CONTROLLER_HOST);
  const std::string seen = absl::StrCat(
      "the Deployment Controller is ",
      enabled.empty() ? "disabled on every host that answered"
                      : absl::StrCat("not disabled on ", absl::StrJoin(enabled, " and ")),
      ", and ", DescribeSetting(plan::v1::CONTROLLER_HOST, named));
  if (enabled.size() != 1 || !named.Agrees()) return {"", seen};
  const FarmHost* host = farm.file().Find(enabled.front());
  if (host == nullptr || host->platform_address != named.values.front()) return {"", seen};
  return {host->name, seen};
}

}  // namespace

ControllerVerdict FindController(const ObservedFarm& farm) {
  const plan::v1::Assignment assignment = farm.NewestAssignment();
  if (assignment.epoch() == 0) return FindUnassigned(farm);
  if (assignment.state() == plan::v1::MOVING) {
    return {"",
            absl::StrCat("run ", assignment.run(), " began to move the Deployment Controller to ",
                         assignment.controller(), " and did not finish")};
  }
  if (farm.file().Find(assignment.controller()) == nullptr) {
    return {"", absl::StrCat("the assignment of epoch ", assignment.epoch(), " names ",
                             assignment.controller(), ", which is not in the farm file")};
  }
  return {assignment.controller(),
          absl::StrCat("the assignment of epoch ", assignment.epoch(), " says so")};
}

}  // namespace baton
