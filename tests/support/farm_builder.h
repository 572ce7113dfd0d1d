#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// The shape of a farm for tests.
struct FarmShape {
  int hosts = 3;  // front-ends `fe1`, `fe2`, ...: 1 to 200
  // `dc1` in front of them is no front-end, and made to be the Deployment Controller alone.
  bool standalone_controller = false;
  // Host that has the cache; one that is neither a front-end nor `dc1` is added behind them. Empty:
  // hosts have no such service, and the tool that makes one is missing.
  std::string cache = "";
  // Host that has the Deployment Controller. Empty: `dc1` if there is one, else `fe1`.
  std::string controller = "";
  // OutSystems 10 on Java, as its built-in profile has it: no cache, and no tool for the serial,
  // the license or the modules. REQUIRES: `cache` is empty.
  bool java = false;
};

// A farm file and what a coordinator sees of the farm: healthy, never moved by Baton, ready for
// `move-controller --to fe2`. All hosts have one serial, so that the license stays valid. Tests
// change in it whatever they are about.
struct Farm {
  FarmFile file;
  plan::v1::Observation observation;

  // Entry of the farm file, observation, state and service of a host, a setting of its
  // configuration, and what its profile says of a service and a tool. REQUIRE: it is there.
  FarmHost& Entry(absl::string_view host);
  plan::v1::HostObservation& Observed(absl::string_view host);
  plan::v1::Host& Host(absl::string_view host);
  plan::v1::ServiceState& Service(absl::string_view host, plan::v1::Service service);
  plan::v1::SettingValue& Setting(absl::string_view host, plan::v1::Setting setting);
  plan::v1::ServiceProfile& Profile(absl::string_view host, plan::v1::Service service);
  plan::v1::ToolProfile& Tool(absl::string_view host, plan::v1::Tool tool);

  // The front-end is passive: its Scheduler is stopped and disabled.
  void StandBy(absl::string_view host);
  // The farm file names the cache's password; `error` says why it cannot be read, if it cannot.
  void NameCachePassword(absl::string_view error = "");

  // The host has another serial than the others; an empty one is not known, and `error` says why.
  void GiveSerial(absl::string_view host, absl::string_view serial, absl::string_view error = "");
  // The farm file stages a license; `error` says why it cannot be read, if it cannot.
  void StageLicense(absl::string_view serial, absl::string_view error = "");
  // The farm file does not say who logs in to Service Center.
  void ForgetLogin();
  // The host's profile does not have the tool.
  void RemoveTool(absl::string_view host, plan::v1::Tool tool);

  // The agent of the host does not answer.
  void Silence(absl::string_view host);

  // The plan of `activate-passive`, which swaps the groups, with an id. Fails the test unless there
  // is one.
  plan::v1::Plan SwapPlan() const;

  // The plan of any request. Fails the test if it has no steps.
  plan::v1::Plan PlanFor(const plan::v1::ProcedureRequest& request) const;

  // The plan of `move-controller --to TO`, or of another procedure, with an id. Fails the test
  // unless there is one.
  plan::v1::Plan MovePlan(absl::string_view to, uint32_t max_parallel = 1,
                          plan::v1::Procedure procedure = plan::v1::MOVE_CONTROLLER,
                          plan::v1::RepublishPolicy republish = {}) const;

 private:
};

Farm MakeFarm(const FarmShape& shape = {});

// A service as it is found: RUNNING is initialised.
plan::v1::ServiceState ServiceAs(plan::v1::Service service, plan::v1::RunState run_state,
                                 plan::v1::StartupType startup_type);

}  // namespace baton
