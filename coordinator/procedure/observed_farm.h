#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/participation.h"

namespace baton {

// What the hosts of a farm have of one setting.
struct SettingOnHosts {
  std::vector<std::string> values;   // each once, in the farm file's order
  std::vector<std::string> unknown;  // hosts whose value is not known, missing or encrypted

  // Every host has the one value.
  bool Agrees() const { return values.size() == 1 && unknown.empty(); }
};

// A farm file and an observation, looked at together, as a request wants it: hosts that it does
// without, and those in maintenance, tell nothing about how the others must be. Borrows all three.
// Pure.
class ObservedFarm {
 public:
  ObservedFarm(
      const FarmFile& file, const plan::v1::Observation& observation,
      const plan::v1::ProcedureRequest& request = plan::v1::ProcedureRequest::default_instance())
      : file_(file), observation_(observation), participants_(file, request) {}

  const FarmFile& file() const { return file_; }
  const plan::v1::Observation& observation() const { return observation_; }
  const Participants& participants() const { return participants_; }

  // The host is lost or in maintenance.
  bool LeftOut(absl::string_view host) const {
    return participants_.Of(host) != Participation::kWorkedOn;
  }

  // The observation of a host; null if it holds none of that name.
  const plan::v1::HostObservation* Find(absl::string_view host) const;

  // The host's state; null unless its agent answered.
  const plan::v1::Host* State(absl::string_view host) const;

  // A service of a host; null if the agent did not answer or the host has no such service.
  const plan::v1::ServiceState* Service(absl::string_view host, plan::v1::Service service) const;

  // The group that its Scheduler shows a front-end in, as ShownGroup has it; GROUP_UNSPECIFIED for
  // a host that is none.
  plan::v1::Group GroupOf(absl::string_view host) const;

  // The value of a setting on a host; empty if it is not known, missing or encrypted.
  std::string Setting(absl::string_view host, plan::v1::Setting setting) const;
  // The same of all hosts together that are not left out.
  SettingOnHosts SettingEverywhere(plan::v1::Setting setting) const;

  // The newest assignment that any agent keeps; epoch 0 if there is none.
  plan::v1::Assignment NewestAssignment() const;

  // Hosts where a service runs or is on its way up or down.
  std::vector<std::string> HostsRunning(plan::v1::Service service) const;

 private:
  const FarmFile& file_;
  const plan::v1::Observation& observation_;
  const Participants participants_;
};

// What the host's profile says of a tool; null if the host has none.
const plan::v1::ToolProfile* FindTool(const plan::v1::Host& host, plan::v1::Tool tool);

// The group that a Scheduler puts its host in: active if it runs, or is on its way up, and is not
// disabled; passive if it is stopped and disabled; GROUP_UNSPECIFIED for anything between, and
// null.
plan::v1::Group ShownGroup(const plan::v1::ServiceState* scheduler);

// The service is stopped and disabled; null is not.
bool IsDown(const plan::v1::ServiceState* state);

// The service runs and is initialised; null does not.
bool Serves(const plan::v1::ServiceState* state);

// A service's state in a few words, "running (not initialised), automatic"; null is "not
// installed".
std::string DescribeService(const plan::v1::ServiceState* state);

// "the hosts' controller.host is 10.0.0.11 and 10.0.0.12, and not known on fe3".
std::string DescribeSetting(plan::v1::Setting setting, const SettingOnHosts& found);

// Which host has the Deployment Controller, or why that cannot be said.
struct ControllerVerdict {
  std::string host;    // empty if it cannot be said
  std::string reason;  // how it was decided, or why it was not
};

// The assignment's host; with no assignment, the one host whose Deployment Controller is not
// disabled and that the controller.host of every host names that is not left out. Whether that host
// answers does not matter to an assignment. One that is still MOVING names nobody.
ControllerVerdict FindController(const ObservedFarm& farm);

}  // namespace baton
