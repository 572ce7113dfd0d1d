#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"
#include "coordinator/procedure/step_builder.h"

namespace baton {

// The steps of a run that are about hosts which it does without. Nothing in them rests on what such
// a host looks like: most of them were not seen. Borrows farm, plan and builder. Pure.
class LostSteps {
 public:
  // REQUIRES: hosts and new Deployment Controller of the plan are set, if there is one.
  LostSteps(const ObservedFarm& farm, const plan::v1::Plan& plan, const StepBuilder& build)
      : farm_(farm), plan_(plan), build_(build) {}

  // The lost hosts, in the farm file's order.
  std::vector<std::string> Hosts() const {
    return farm_.participants().Hosts(Participation::kLost);
  }

  // The Deployment Controller of the lost host must be told to stand down: it may have the role, or
  // its service is seen to be able to start.
  bool ControllerStandsDown(const std::string& host) const;

  // Tells the lost host to stand down, if it hears of it: disables and stops the services. Then it
  // is cut off, or a person confirms that it is off, where the request wants that. In this order: a
  // host that is off hears nothing any more.
  void AddStandDown(const std::string& host, const std::vector<plan::v1::Service>& services,
                    plan::v1::Stage& stage) const;

  // Every host that the run works on looks once more for the Deployment Controller of every lost
  // host that may have it.
  plan::v1::Stage Witness() const;

  // A person takes the lost hosts out of what the platform deploys to.
  plan::v1::Stage ExcludeLost() const;

 private:
  plan::v1::Step FenceOff(const std::string& host) const;
  plan::v1::Step ConfirmOff(const std::string& host) const;
  plan::v1::Step LooksClosed(const std::string& witness, const std::string& host) const;
  std::string Named(const std::string& host) const;

  const ObservedFarm& farm_;
  const plan::v1::Plan& plan_;
  const StepBuilder& build_;
};

}  // namespace baton
