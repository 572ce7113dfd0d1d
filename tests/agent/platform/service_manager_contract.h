#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "agent/platform/service_manager.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace baton {

// A host to try a ServiceManager on. It has the cache, stopped and automatic, and no Deployment
// Controller.
class ContractHost {
 public:
  virtual ~ContractHost() = default;

  virtual ServiceManager& services() = 0;

  // Lets time pass.
  virtual void Pass(absl::Duration duration) = 0;

  // Whether the system knows services that start only when they are asked to.
  virtual bool has_manual() const { return true; }

  // Whether the system stops a service that it disables.
  virtual bool disabling_stops() const { return false; }

  // From now on the cache ends with an error right after its start.
  virtual void BreakCache() = 0;
};

// What every ServiceManager promises, whatever system is behind it. A test program compiles
// service_manager_contract.cc in and says on which hosts:
// INSTANTIATE_TEST_SUITE_P(Name, ServiceManagerContract, testing::Values(&MakeHost)).
class ServiceManagerContract : public testing::TestWithParam<std::unique_ptr<ContractHost> (*)()> {
 protected:
  static constexpr plan::v1::Service kPresent = plan::v1::CACHE;
  static constexpr plan::v1::Service kAbsent = plan::v1::CONTROLLER;
  static constexpr absl::Duration kPatience = absl::Seconds(30);  // far more than anything takes
  static constexpr absl::Duration kPoll = absl::Milliseconds(20);

  ServiceManager& services() { return host_->services(); }

  plan::v1::ServiceState Query(plan::v1::Service service = kPresent) {
    const absl::StatusOr<plan::v1::ServiceState> state = services().Query(service);
    EXPECT_OK(state);
    return state.ok() ? *state : plan::v1::ServiceState();
  }

  std::vector<plan::v1::StartupType> StartupTypes() {
    if (!host_->has_manual()) return {plan::v1::AUTOMATIC, plan::v1::DISABLED};
    return {plan::v1::AUTOMATIC, plan::v1::MANUAL, plan::v1::DISABLED};
  }

  // Polls until the cache does what it should.
  bool Reaches(plan::v1::RunState run_state) {
    for (absl::Duration waited; waited < kPatience; waited += kPoll) {
      if (Query().run_state() == run_state) return true;
      host_->Pass(kPoll);
    }
    return false;
  }

  // Asks again for as long as the system would not take the request now.
  absl::Status Patiently(absl::Status (ServiceManager::*request)(plan::v1::Service)) {
    absl::Status status = (services().*request)(kPresent);
    for (absl::Duration waited; absl::IsUnavailable(status) && waited < kPatience;
         waited += kPoll) {
      host_->Pass(kPoll);
      status = (services().*request)(kPresent);
    }
    return status;
  }
  absl::Status RequestStart() { return Patiently(&ServiceManager::RequestStart); }
  absl::Status RequestStop() { return Patiently(&ServiceManager::RequestStop); }

  void Start() {
    ASSERT_OK(RequestStart());
    ASSERT_TRUE(Reaches(plan::v1::RUNNING)) << Query().detail();
  }

  void Stop() {
    ASSERT_OK(RequestStop());
    ASSERT_TRUE(Reaches(plan::v1::STOPPED)) << Query().detail();
  }

  std::unique_ptr<ContractHost> host_ = GetParam()();
};

}  // namespace baton
