#pragma once

#include <memory>
#include <string>

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

  // From now on the cache ends with an error right after its start.
  virtual void BreakCache() = 0;
};

// What every ServiceManager promises, whatever system is behind it. A test that includes this says
// on which hosts: INSTANTIATE_TEST_SUITE_P(Name, ServiceManagerContract, Values(&MakeHost)).
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

TEST_P(ServiceManagerContract, AQueryTellsEverythingButInitialization) {
  const plan::v1::ServiceState state = Query();
  EXPECT_EQ(state.service(), kPresent);
  EXPECT_EQ(state.run_state(), plan::v1::STOPPED);
  EXPECT_EQ(state.startup_type(), plan::v1::AUTOMATIC);
  EXPECT_EQ(state.initialization(), plan::v1::INITIALIZATION_UNSPECIFIED);
  EXPECT_THAT(state.detail(), testing::Not(testing::IsEmpty()));
  EXPECT_TRUE(state.can_disable());
}

TEST_P(ServiceManagerContract, AServiceThatTheHostDoesNotHaveIsAbsentAndNoError) {
  const plan::v1::ServiceState state = Query(kAbsent);
  EXPECT_EQ(state.service(), kAbsent);
  EXPECT_EQ(state.run_state(), plan::v1::ABSENT);
}

TEST_P(ServiceManagerContract, RequestsForAServiceThatTheHostDoesNotHaveAreNotFound) {
  const auto not_found = StatusIs(absl::StatusCode::kNotFound, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(services().RequestStart(kAbsent), not_found);
  EXPECT_THAT(services().RequestStop(kAbsent), not_found);
  EXPECT_THAT(services().SetStartupType(kAbsent, plan::v1::DISABLED), not_found);
  EXPECT_EQ(Query(kAbsent).run_state(), plan::v1::ABSENT);
}

TEST_P(ServiceManagerContract, StartAndStopLeadToRunningAndStopped) {
  Start();
  EXPECT_THAT(Query().detail(), testing::Not(testing::IsEmpty()));
  Stop();
}

TEST_P(ServiceManagerContract, ARequestForWhatIsSoAlreadyIsOk) {
  EXPECT_OK(RequestStop());
  EXPECT_EQ(Query().run_state(), plan::v1::STOPPED);
  ASSERT_OK(RequestStart());
  EXPECT_OK(RequestStart()) << "while it starts";
  ASSERT_TRUE(Reaches(plan::v1::RUNNING));
  EXPECT_OK(RequestStart());
  EXPECT_EQ(Query().run_state(), plan::v1::RUNNING);
  ASSERT_OK(RequestStop());
  EXPECT_OK(RequestStop()) << "while it stops";
  EXPECT_TRUE(Reaches(plan::v1::STOPPED));
}

TEST_P(ServiceManagerContract, EveryStartupTypeLeadsToEveryOtherAtOnce) {
  const plan::v1::StartupType types[] = {plan::v1::AUTOMATIC, plan::v1::MANUAL, plan::v1::DISABLED};
  for (const plan::v1::StartupType from : types) {
    for (const plan::v1::StartupType to : types) {
      ASSERT_OK(services().SetStartupType(kPresent, from));
      ASSERT_EQ(Query().startup_type(), from);
      ASSERT_OK(services().SetStartupType(kPresent, to));
      EXPECT_EQ(Query().startup_type(), to);
      EXPECT_TRUE(Query().can_disable());
      EXPECT_EQ(Query().run_state(), plan::v1::STOPPED);
    }
  }
}

TEST_P(ServiceManagerContract, ADisabledServiceCannotBeStarted) {
  ASSERT_OK(services().SetStartupType(kPresent, plan::v1::DISABLED));
  EXPECT_THAT(RequestStart(),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::Not(testing::IsEmpty())));
  EXPECT_EQ(Query().run_state(), plan::v1::STOPPED);
  EXPECT_OK(RequestStop());
}

TEST_P(ServiceManagerContract, AServiceThatWasDisabledStartsAgain) {
  ASSERT_OK(services().SetStartupType(kPresent, plan::v1::DISABLED));
  ASSERT_OK(services().SetStartupType(kPresent, plan::v1::MANUAL));
  Start();
  Stop();
}

TEST_P(ServiceManagerContract, AStartupTypeLeavesTheRunStateAlone) {
  Start();
  for (const plan::v1::StartupType type :
       {plan::v1::MANUAL, plan::v1::DISABLED, plan::v1::AUTOMATIC}) {
    ASSERT_OK(services().SetStartupType(kPresent, type));
    EXPECT_EQ(Query().run_state(), plan::v1::RUNNING);
  }
}

TEST_P(ServiceManagerContract, AServiceThatIsDisabledWhileItRunsCanBeStopped) {
  Start();
  ASSERT_OK(services().SetStartupType(kPresent, plan::v1::DISABLED));
  Stop();
  EXPECT_EQ(Query().startup_type(), plan::v1::DISABLED);
}

TEST_P(ServiceManagerContract, AServiceThatEndsByItselfHasFailed) {
  host_->BreakCache();
  ASSERT_OK(RequestStart());
  ASSERT_TRUE(Reaches(plan::v1::FAILED)) << Query().detail();
  EXPECT_THAT(Query().detail(), testing::Not(testing::IsEmpty()));
  EXPECT_OK(RequestStop());
}

}  // namespace baton
