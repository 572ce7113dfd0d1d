#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Makes steps of the catalog's kinds for one plan. Borrows the farm.
class StepBuilder {
 public:
  // `to` is the new Deployment Controller's host.
  StepBuilder(const ObservedFarm& farm, std::string to) : farm_(farm), to_(std::move(to)) {}

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

  // A step that runs a tool, with time-out and marks of the host's profile.
  plan::v1::Step RunTool(absl::string_view stage, absl::string_view what, const std::string& host,
                         plan::v1::Tool tool) const;

  // A step that publishes the assignment to the host's agent.
  plan::v1::Step Assign(absl::string_view stage, absl::string_view what, const std::string& host,
                        plan::v1::AssignmentState state) const;

 private:
  const plan::v1::ServiceProfile* ProfileOf(const std::string& host,
                                            plan::v1::Service service) const;

  const ObservedFarm& farm_;
  std::string to_;
};

}  // namespace baton
