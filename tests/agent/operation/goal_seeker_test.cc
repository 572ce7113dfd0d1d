#include "agent/operation/goal_seeker.h"

#include <functional>
#include <string>
#include <vector>

#include "agent/operation/goal_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_service_manager.h"
#include "tests/support/fake_time.h"

namespace baton {
namespace {

using plan::v1::DISABLED;
using plan::v1::OPERATION_FAILED;
using plan::v1::OPERATION_SUCCEEDED;
using plan::v1::OPERATION_UNKNOWN;
using plan::v1::RUNNING;
using plan::v1::SCHEDULER;
using plan::v1::STOPPED;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr absl::Duration kTimeout = absl::Seconds(180);

plan::v1::ServiceGoal Goal(plan::v1::RunState run_state,
                           plan::v1::StartupType type = plan::v1::STARTUP_TYPE_UNSPECIFIED) {
  plan::v1::ServiceGoal goal;
  goal.set_service(SCHEDULER);
  goal.set_run_state(run_state);
  goal.set_startup_type(type);
  return goal;
}

plan::v1::ServiceGoal TypeGoal(plan::v1::StartupType type) {
  return Goal(plan::v1::RUN_STATE_UNSPECIFIED, type);
}

// One way in which a service may behave, and what seeking a goal comes to.
struct Case {
  std::string name;
  plan::v1::ServiceGoal goal;
  std::function<void(FakeService&)> behave;
  plan::v1::OperationState state;
  std::string detail;
  std::vector<std::string> calls;
};

class GoalSeekerCases : public testing::TestWithParam<Case> {};

TEST_P(GoalSeekerCases, ComesToItsEnd) {
  FakeTime time;
  FakeServiceManager services(time);
  GetParam().behave(services.service(SCHEDULER));
  GoalRunner runner(services, services, time, time);
  const goal::Done done = runner.Run(GetParam().goal, kTimeout);
  EXPECT_EQ(done.state, GetParam().state) << done.detail;
  EXPECT_EQ(done.detail, GetParam().detail);
  EXPECT_EQ(services.calls(), GetParam().calls);
  EXPECT_LE(time.Monotonic(), kTimeout);
  EXPECT_EQ(done.service.service(), SCHEDULER);
}

void Nothing(FakeService& service) { static_cast<void>(service); }
void Run(FakeService& service) { service.run_state = RUNNING; }

std::vector<Case> StartCases() {
  return {
      {"StartsAndInitialises",
       Goal(RUNNING),
       Nothing,
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"start scheduler"}},
      {"RunsAlready",
       Goal(RUNNING),
       Run,
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised; nothing had to be done",
       {}},
      {"StartsAlready",
       Goal(RUNNING),
       [](FakeService& s) { s.run_state = plan::v1::STARTING; },
       OPERATION_UNKNOWN,
       "Scheduler is still starting after 180 s: as the system says",
       {}},
      {"IsDisabled",
       Goal(RUNNING),
       [](FakeService& s) { s.startup_type = DISABLED; },
       OPERATION_FAILED,
       "Scheduler is disabled, and a disabled service cannot be started",
       {}},
      {"FailsWhileStarting",
       Goal(RUNNING),
       [](FakeService& s) { s.start_leads_to = plan::v1::FAILED; },
       OPERATION_FAILED,
       "Scheduler failed after it was started: as the system says",
       {"start scheduler"}},
      {"FailsWhileInitialising",
       Goal(RUNNING),
       [](FakeService& s) { s.initialize_ends_it = true; },
       OPERATION_FAILED,
       "Scheduler failed after it was started: as the system says",
       {"start scheduler"}},
      {"StopsWhileStarting",
       Goal(RUNNING),
       [](FakeService& s) { s.start_leads_to = STOPPED; },
       OPERATION_FAILED,
       "Scheduler stopped again after it was started: as the system says",
       {"start scheduler"}},
      {"HadFailedBefore",
       Goal(RUNNING),
       [](FakeService& s) { s.run_state = plan::v1::FAILED; },
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"start scheduler"}},
      {"NeverInitialises",
       Goal(RUNNING),
       [](FakeService& s) { s.initialize_time = absl::Hours(1); },
       OPERATION_UNKNOWN,
       "Scheduler is still running and not initialised after 180 s: port 12002 refuses connections",
       {"start scheduler"}},
      {"NeverRuns",
       Goal(RUNNING),
       [](FakeService& s) { s.start_time = absl::Hours(1); },
       OPERATION_UNKNOWN,
       "Scheduler is still starting after 180 s: as the system says",
       {"start scheduler"}},
  };
}

std::vector<Case> ImperfectSystemCases() {
  return {
      {"RequestIsIgnoredOnce",
       Goal(RUNNING),
       [](FakeService& s) { s.ignored_requests = 1; },
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"start scheduler", "start scheduler"}},
      {"IsStillStopping",
       Goal(RUNNING),
       [](FakeService& s) { s.run_state = plan::v1::STOPPING; },
       OPERATION_UNKNOWN,
       "Scheduler is still stopping after 180 s: as the system says",
       {}},
      {"SystemIsBusyOnce",
       Goal(RUNNING),
       [](FakeService& s) { s.request_errors = {absl::UnavailableError("busy")}; },
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"start scheduler", "start scheduler"}},
      {"SystemRefuses",
       Goal(RUNNING),
       [](FakeService& s) { s.request_errors = {absl::PermissionDeniedError("error 5")}; },
       OPERATION_FAILED,
       "Scheduler cannot be started: error 5",
       {"start scheduler"}},
      {"CannotBeReadAtFirst",
       Goal(RUNNING),
       [](FakeService& s) { s.query_errors = {absl::UnavailableError("no bus")}; },
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"start scheduler"}},
      {"CannotBeReadAtAll",
       Goal(RUNNING),
       [](FakeService& s) { s.query_errors = {absl::PermissionDeniedError("error 5")}; },
       OPERATION_FAILED,
       "Scheduler cannot be read: error 5",
       {}},
  };
}

std::vector<Case> StopCases() {
  return {
      {"Stops",
       Goal(STOPPED),
       Run,
       OPERATION_SUCCEEDED,
       "Scheduler is stopped",
       {"stop scheduler"}},
      {"IsStopped",
       Goal(STOPPED),
       Nothing,
       OPERATION_SUCCEEDED,
       "Scheduler is stopped; nothing had to be done",
       {}},
      {"IsDisabledAndRuns",
       Goal(STOPPED),
       [](FakeService& s) {
         s.run_state = RUNNING;
         s.startup_type = DISABLED;
       },
       OPERATION_SUCCEEDED,
       "Scheduler is stopped",
       {"stop scheduler"}},
      {"HasFailed",
       Goal(STOPPED),
       [](FakeService& s) { s.run_state = plan::v1::FAILED; },
       OPERATION_SUCCEEDED,
       "Scheduler is stopped by a failure: as the system says; nothing had to be done",
       {}},
      {"NeverStops",
       Goal(STOPPED),
       [](FakeService& s) {
         s.run_state = RUNNING;
         s.stop_time = absl::Hours(1);
       },
       OPERATION_UNKNOWN,
       "Scheduler is still stopping after 180 s: as the system says",
       {"stop scheduler"}},
      {"TakesTheSecondRequest",
       Goal(STOPPED),
       [](FakeService& s) {
         s.run_state = RUNNING;
         s.ignored_requests = 1;
       },
       OPERATION_SUCCEEDED,
       "Scheduler is stopped",
       {"stop scheduler", "stop scheduler"}},
      {"SystemIsBusyTwice",
       Goal(STOPPED),
       [](FakeService& s) {
         s.run_state = RUNNING;
         s.request_errors = {absl::UnavailableError("error 1061"),
                             absl::DeadlineExceededError("no answer")};
       },
       OPERATION_SUCCEEDED,
       "Scheduler is stopped",
       {"stop scheduler", "stop scheduler", "stop scheduler"}},
  };
}

std::vector<Case> StartupTypeCases() {
  return {
      {"IsSet",
       TypeGoal(DISABLED),
       Nothing,
       OPERATION_SUCCEEDED,
       "Scheduler is disabled",
       {"set-startup-type scheduler disabled"}},
      {"IsSetAlready",
       TypeGoal(plan::v1::AUTOMATIC),
       Nothing,
       OPERATION_SUCCEEDED,
       "Scheduler is automatic; nothing had to be done",
       {}},
      {"DoesNotStick",
       TypeGoal(plan::v1::MANUAL),
       [](FakeService& s) { s.startup_type_sticks = false; },
       OPERATION_FAILED,
       "Scheduler was set to manual and reads back as automatic",
       {"set-startup-type scheduler manual"}},
      {"CannotBeDisabled",
       TypeGoal(DISABLED),
       [](FakeService& s) { s.can_disable = false; },
       OPERATION_FAILED,
       "Scheduler cannot be disabled on this host: as the system says",
       {}},
      {"ComesBeforeAStart",
       Goal(RUNNING, plan::v1::AUTOMATIC),
       [](FakeService& s) { s.startup_type = DISABLED; },
       OPERATION_SUCCEEDED,
       "Scheduler is running and initialised",
       {"set-startup-type scheduler automatic", "start scheduler"}},
      {"ComesAfterAStop",
       Goal(STOPPED, DISABLED),
       Run,
       OPERATION_SUCCEEDED,
       "Scheduler is stopped",
       {"stop scheduler", "set-startup-type scheduler disabled"}},
      {"CannotBeReadBack",
       TypeGoal(DISABLED),
       [](FakeService& s) {
         s.request_errors = {absl::UnavailableError("busy")};
         s.ignored_requests = 1;
       },
       OPERATION_FAILED,
       "Scheduler was set to disabled and reads back as automatic",
       {"set-startup-type scheduler disabled", "set-startup-type scheduler disabled"}},
  };
}

const auto kCaseName = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(Start, GoalSeekerCases, testing::ValuesIn(StartCases()), kCaseName);
INSTANTIATE_TEST_SUITE_P(ImperfectSystem, GoalSeekerCases,
                         testing::ValuesIn(ImperfectSystemCases()), kCaseName);
INSTANTIATE_TEST_SUITE_P(Stop, GoalSeekerCases, testing::ValuesIn(StopCases()), kCaseName);
INSTANTIATE_TEST_SUITE_P(StartupType, GoalSeekerCases, testing::ValuesIn(StartupTypeCases()),
                         kCaseName);

plan::v1::ServiceState Shows(plan::v1::RunState run_state) {
  plan::v1::ServiceState state;
  state.set_service(SCHEDULER);
  state.set_run_state(run_state);
  state.set_startup_type(plan::v1::AUTOMATIC);
  state.set_can_disable(true);
  return state;
}

TEST(GoalSeeker, SucceedsOnlyAfterALookBehindTheProbe) {
  GoalSeeker seeker(Goal(RUNNING), kTimeout);
  EXPECT_TRUE(std::holds_alternative<goal::Query>(seeker.Begin()));
  EXPECT_TRUE(std::holds_alternative<goal::CheckInitialized>(
      seeker.OnQueried(Shows(RUNNING), absl::ZeroDuration())));
  EXPECT_TRUE(std::holds_alternative<goal::Query>(
      seeker.OnChecked({plan::v1::INITIALIZED, ""}, absl::ZeroDuration())));
  // It died meanwhile: what the probe said counts no more.
  EXPECT_TRUE(std::holds_alternative<goal::RequestStart>(
      seeker.OnQueried(Shows(STOPPED), absl::ZeroDuration())));
  EXPECT_TRUE(std::holds_alternative<goal::Query>(
      seeker.OnRequested(absl::OkStatus(), absl::ZeroDuration())));
  EXPECT_TRUE(std::holds_alternative<goal::CheckInitialized>(
      seeker.OnQueried(Shows(RUNNING), absl::ZeroDuration())));
}

TEST(GoalSeeker, AFailureFromBeforeTheStartCountsOnlyAfterAWhile) {
  GoalSeeker seeker(Goal(RUNNING), kTimeout);
  seeker.OnQueried(Shows(plan::v1::FAILED), absl::ZeroDuration());
  seeker.OnRequested(absl::OkStatus(), absl::ZeroDuration());
  EXPECT_TRUE(std::holds_alternative<goal::Wait>(
      seeker.OnQueried(Shows(plan::v1::FAILED), absl::Milliseconds(10))));
  const goal::Effect effect = seeker.OnQueried(Shows(plan::v1::FAILED), GoalSeeker::kOldFailure);
  ASSERT_TRUE(std::holds_alternative<goal::Done>(effect));
  EXPECT_EQ(std::get<goal::Done>(effect).state, OPERATION_FAILED);
}

TEST(GoalSeeker, WhatWasAskedForAndCannotBeReadIsUnknown) {
  GoalSeeker seeker(Goal(STOPPED), kTimeout);
  seeker.OnQueried(Shows(RUNNING), absl::ZeroDuration());
  seeker.OnRequested(absl::OkStatus(), absl::ZeroDuration());
  const goal::Effect effect =
      seeker.OnQueried(absl::PermissionDeniedError("error 5"), absl::Seconds(1));
  ASSERT_TRUE(std::holds_alternative<goal::Done>(effect));
  EXPECT_EQ(std::get<goal::Done>(effect).state, OPERATION_UNKNOWN);
  EXPECT_EQ(std::get<goal::Done>(effect).detail, "Scheduler cannot be read: error 5");
}

TEST(GoalSeeker, LooksOftenAtFirstAndThenOnceASecond) {
  GoalSeeker seeker(Goal(RUNNING), kTimeout);
  std::vector<absl::Duration> waits;
  absl::Duration elapsed;
  for (int i = 0; i < 7; ++i) {
    const goal::Effect effect = seeker.OnQueried(Shows(plan::v1::STARTING), elapsed);
    ASSERT_TRUE(std::holds_alternative<goal::Wait>(effect));
    waits.push_back(std::get<goal::Wait>(effect).duration);
    elapsed += waits.back();
  }
  EXPECT_THAT(waits, ElementsAre(absl::Milliseconds(50), absl::Milliseconds(100),
                                 absl::Milliseconds(200), absl::Milliseconds(400),
                                 absl::Milliseconds(800), absl::Seconds(1), absl::Seconds(1)));
}

TEST(GoalRunner, AbsentServiceFails) {
  FakeTime time;
  FakeServiceManager services(time);
  GoalRunner runner(services, services, time, time);
  const goal::Done done = runner.Run(Goal(RUNNING), kTimeout);
  EXPECT_EQ(done.state, OPERATION_FAILED);
  EXPECT_EQ(done.detail, "Scheduler is not a service of this host");
  EXPECT_THAT(services.calls(), IsEmpty());
}

TEST(GoalRunner, EndsWhenItIsCancelled) {
  FakeTime time;
  FakeServiceManager services(time);
  services.service(SCHEDULER).start_time = absl::Hours(1);
  time.CancelAt(absl::Seconds(5));
  GoalRunner runner(services, services, time, time);
  const goal::Done done = runner.Run(Goal(RUNNING), kTimeout);
  EXPECT_EQ(done.state, plan::v1::OPERATION_INTERRUPTED);
  EXPECT_THAT(done.detail, HasSubstr("the agent is stopping"));
  EXPECT_EQ(done.service.run_state(), plan::v1::STARTING);
}

TEST(GoalRunner, WaitsOutAServiceThatTakesNoStopWhileItInitialises) {
  FakeTime time;
  FakeServiceManager services(time);
  FakeService& scheduler = services.service(SCHEDULER);
  scheduler.initialize_time = absl::Seconds(60);
  scheduler.refuses_stop_uninitialized = true;
  ASSERT_EQ(services.RequestStart(SCHEDULER), absl::OkStatus());
  GoalRunner runner(services, services, time, time);
  const goal::Done done = runner.Run(Goal(STOPPED), kTimeout);
  EXPECT_EQ(done.state, OPERATION_SUCCEEDED) << done.detail;
  EXPECT_GE(time.Monotonic(), scheduler.initialize_time);
}

}  // namespace
}  // namespace baton
