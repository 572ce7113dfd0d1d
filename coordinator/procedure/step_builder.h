#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Hosts that are only read at the same time.
inline constexpr uint32_t kReadParallel = 16;

// An empty stage.
plan::v1::Stage NewStage(absl::string_view name, uint32_t max_parallel,
                         bool first_lane_leads = false);

// Makes steps of the catalog's kinds for one plan. Borrows the farm.
class StepBuilder {
 public:
  // `to` is the host that has the Deployment Controller when the run has ended.
  StepBuilder(const ObservedFarm& farm, std::string to, plan::v1::Procedure procedure)
      : farm_(farm), to_(std::move(to)), procedure_(procedure) {}

  // A step with name, sentence, reason, seed and time-out; the caller adds action and transition.
  // `service` fills $service and $what in; leave it out for kinds that are about none.
  plan::v1::Step Make(absl::string_view stage, absl::string_view what, const std::string& host,
                      plan::v1::Service service = plan::v1::SERVICE_UNSPECIFIED) const;

  // Steps about one service. Time-outs are the profile's on top of the catalog's.
  plan::v1::Step Stop(absl::string_view stage, absl::string_view what, const std::string& host,
                      plan::v1::Service service) const;
  plan::v1::Step Start(absl::string_view stage, absl::string_view what, const std::string& host,
                       plan::v1::Service service) const;
  plan::v1::Step SetStartupType(absl::string_view stage, absl::string_view what,
                                const std::string& host, plan::v1::Service service,
                                plan::v1::StartupType type) const;

  // Stops the services in that order, and starts them again in the same, as the vendor's
  // Configuration Tool does. REQUIRES: the stage has kinds `stop-$service` and `start-$service`.
  void AddRestart(absl::string_view stage_name, const std::string& host,
                  const std::vector<plan::v1::Service>& services, plan::v1::Stage& stage) const;

  // A step that writes settings into the file as it was observed.
  plan::v1::Step Rewrite(absl::string_view stage, absl::string_view what, const std::string& host,
                         const std::vector<plan::v1::SettingChange>& changes) const;

  // Steps that only read. Of services, the transition shows the startup types.
  plan::v1::Step ExpectServices(absl::string_view stage, absl::string_view what,
                                const std::string& host,
                                const std::vector<plan::v1::ServiceGoal>& goals) const;
  plan::v1::Step ExpectSettings(absl::string_view stage, absl::string_view what,
                                const std::string& host,
                                const std::vector<plan::v1::SettingValue>& settings) const;
  plan::v1::Step LogInToCache(absl::string_view stage, absl::string_view what,
                              const std::string& host,
                              const plan::v1::CacheExpectation& expected) const;

  // A step that runs a tool, with time-out, marks and parameters of the host's profile. `license`
  // says where a tool that takes a license file gets it from.
  plan::v1::Step RunTool(absl::string_view stage, absl::string_view what, const std::string& host,
                         plan::v1::Tool tool, const plan::v1::ToolArgument& license = {}) const;

  // A step that publishes the assignment of `roles` to the host's agent.
  plan::v1::Step Assign(absl::string_view stage, absl::string_view what, const std::string& host,
                        plan::v1::AssignmentState state, absl::string_view roles) const;

  // A step that compares the host with how it was observed.
  plan::v1::Step Unchanged(absl::string_view stage, absl::string_view what,
                           const std::string& host) const;

  // A step that connects from the host to the ports that the profile of `owner` gives a service, at
  // `address`.
  plan::v1::Step ReachPorts(absl::string_view stage, absl::string_view what,
                            const std::string& host, const std::string& address,
                            const std::string& owner, plan::v1::Service service) const;

  // A step that lets time pass for all of `hosts` together; it is named after the first. REQUIRES:
  // there is one.
  plan::v1::Step Wait(absl::string_view stage, absl::string_view what,
                      const std::vector<std::string>& hosts, absl::Duration duration) const;

 private:
  const plan::v1::ServiceProfile* ProfileOf(const std::string& host,
                                            plan::v1::Service service) const;

  const ObservedFarm& farm_;
  std::string to_;
  plan::v1::Procedure procedure_;
};

}  // namespace baton
