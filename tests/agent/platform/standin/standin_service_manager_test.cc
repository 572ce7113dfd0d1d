#include "agent/platform/standin/standin_service_manager.h"

#include <unistd.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "agent/operation/goal_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/deploy/lab/standin/standin_farm.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using plan::v1::CACHE;
using plan::v1::OPERATION_FAILED;
using plan::v1::OPERATION_SUCCEEDED;
using testing::HasSubstr;

const std::map<plan::v1::Service, std::string>& Names() {
  static const auto& names = *new std::map<plan::v1::Service, std::string>{
      {CACHE, "cache"}, {plan::v1::CONTROLLER, "nothing-of-that-name"}};
  return names;
}

// The cache needs nothing but itself.
class SelfSufficientProbe : public InitializationProbe {
 public:
  InitializationReport Check(plan::v1::Service) override { return {plan::v1::INITIALIZED, ""}; }
};

// Against the real thing: a booted lab host that has a cache.
class StandinServiceManagerTest : public testing::Test {
 protected:
  StandinServiceManagerTest() {
    // Each process has a network of its own.
    const int number = static_cast<int>(getpid());
    const std::string address =
        absl::StrCat("127.", 1 + number / 250 % 250, ".", 1 + number % 250, ".11");
    EXPECT_EQ(standin::StandinProcess({"init", "--state", state_folder_, "--address", address,
                                       "--database", absl::StrCat(address, ":1433"), "--controller",
                                       address, "--role", "controller", "--cache"})
                  .Wait(),
              0);
    host_ = std::make_unique<standin::StandinHost>(state_folder_, address);
    host_->Boot();
    EXPECT_TRUE(standin::Eventually([&] { return services_.Query(CACHE).ok(); }));
  }

  goal::Done Seek(plan::v1::RunState run_state, plan::v1::StartupType startup_type) {
    plan::v1::ServiceGoal goal;
    goal.set_service(CACHE);
    goal.set_run_state(run_state);
    goal.set_startup_type(startup_type);
    SelfSufficientProbe probe;
    CancellableSleeper sleeper;
    return GoalRunner(services_, probe, SystemClock(), sleeper).Run(goal, absl::Seconds(30));
  }

  void Fault(const std::string& name, const std::string& what) {
    ASSERT_OK(host_->state().Write(absl::StrCat("faults/", name), what));
  }

  TempFolder folder_;
  const std::string state_folder_ = folder_ / "fe1";
  std::unique_ptr<standin::StandinHost> host_;
  StandinServiceManager services_{state_folder_, Names()};
};

TEST_F(StandinServiceManagerTest, GoalsAreReachedAndReadBack) {
  goal::Done done = Seek(plan::v1::STOPPED, plan::v1::DISABLED);
  EXPECT_EQ(done.state, OPERATION_SUCCEEDED) << done.detail;
  EXPECT_EQ(done.service.run_state(), plan::v1::STOPPED);
  EXPECT_EQ(done.service.startup_type(), plan::v1::DISABLED);

  done = Seek(plan::v1::RUNNING, plan::v1::STARTUP_TYPE_UNSPECIFIED);
  EXPECT_EQ(done.state, OPERATION_FAILED) << done.detail;
  EXPECT_THAT(services_.RequestStart(CACHE),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("start cache: disabled")));

  done = Seek(plan::v1::RUNNING, plan::v1::AUTOMATIC);
  EXPECT_EQ(done.state, OPERATION_SUCCEEDED) << done.detail;
  EXPECT_EQ(done.service.run_state(), plan::v1::RUNNING);
  EXPECT_THAT(done.service.detail(), HasSubstr("running, process "));
}

TEST_F(StandinServiceManagerTest, ARequestForWhatIsSoAlreadyIsOk) {
  Seek(plan::v1::RUNNING, plan::v1::AUTOMATIC);
  EXPECT_OK(services_.RequestStart(CACHE));
  Seek(plan::v1::STOPPED, plan::v1::MANUAL);
  EXPECT_OK(services_.RequestStop(CACHE));
}

TEST_F(StandinServiceManagerTest, ServicesThatTheHostDoesNotHaveAreAbsent) {
  for (const plan::v1::Service service : {plan::v1::CONTROLLER, plan::v1::SCHEDULER}) {
    ASSERT_OK_AND_ASSIGN(const plan::v1::ServiceState state, services_.Query(service));
    EXPECT_EQ(state.run_state(), plan::v1::ABSENT);
    EXPECT_EQ(state.service(), service);
    EXPECT_THAT(services_.RequestStop(service),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("")));
  }
}

TEST_F(StandinServiceManagerTest, ErrorsEndWithTheSystemsWords) {
  Seek(plan::v1::RUNNING, plan::v1::AUTOMATIC);
  Fault("stop-cache", "fail 1061");
  EXPECT_THAT(services_.RequestStop(CACHE),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("stop cache: 1061: ")));
  Fault("query-cache", "fail 5");
  EXPECT_THAT(services_.Query(CACHE),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("query cache: 5: ")));
  EXPECT_THAT(services_.SetStartupType(CACHE, plan::v1::OTHER),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("other")));
}

TEST_F(StandinServiceManagerTest, AManagerThatDoesNotAnswerIsNotWaitedForLong) {
  StandinServiceManager impatient(state_folder_, Names(), absl::Milliseconds(50));
  Fault("query-cache", "hang");
  EXPECT_THAT(impatient.Query(CACHE),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("control.sock: no answer")));
  host_->PowerOff();
  EXPECT_THAT(services_.Query(CACHE), StatusIs(absl::StatusCode::kUnavailable,
                                               HasSubstr("control.sock: Connection refused")));
}

}  // namespace
}  // namespace baton
