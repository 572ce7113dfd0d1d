#include "tests/agent/platform/service_manager_contract.h"

namespace baton {

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
  for (const plan::v1::StartupType from : StartupTypes()) {
    for (const plan::v1::StartupType to : StartupTypes()) {
      ASSERT_OK(services().SetStartupType(kPresent, from));
      ASSERT_EQ(Query().startup_type(), from);
      ASSERT_OK(services().SetStartupType(kPresent, to));
      EXPECT_EQ(Query().startup_type(), to);
      EXPECT_TRUE(Query().can_disable());
      EXPECT_EQ(Query().run_state(), plan::v1::STOPPED);
    }
  }
}

TEST_P(ServiceManagerContract, AStartupTypeThatTheSystemDoesNotHaveIsRefusedAndChangesNothing) {
  std::vector<plan::v1::StartupType> types = {plan::v1::OTHER};
  if (!host_->has_manual()) types.push_back(plan::v1::MANUAL);
  for (const plan::v1::StartupType type : types) {
    EXPECT_THAT(services().SetStartupType(kPresent, type),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::Not(testing::IsEmpty())));
    EXPECT_EQ(Query().startup_type(), plan::v1::AUTOMATIC);
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
  for (const plan::v1::StartupType type : StartupTypes()) {
    if (type == plan::v1::DISABLED) continue;
    ASSERT_OK(services().SetStartupType(kPresent, type));
  }
  Start();
  Stop();
}

TEST_P(ServiceManagerContract, AStartupTypeLeavesTheRunStateAlone) {
  Start();
  for (const plan::v1::StartupType type : StartupTypes()) {
    if (type == plan::v1::DISABLED && host_->disabling_stops()) continue;
    ASSERT_OK(services().SetStartupType(kPresent, type));
    EXPECT_EQ(Query().run_state(), plan::v1::RUNNING);
  }
  if (!host_->disabling_stops()) return;
  ASSERT_OK(services().SetStartupType(kPresent, plan::v1::DISABLED));
  EXPECT_TRUE(Reaches(plan::v1::STOPPED)) << Query().detail();
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
