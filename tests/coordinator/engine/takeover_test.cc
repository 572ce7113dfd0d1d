#include "coordinator/engine/takeover.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/run_records.h"
#include "tests/support/farm_builder.h"

namespace baton::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kStop[] = "stand-down/fe1/stop-controller";
constexpr char kDisable[] = "stand-down/fe1/disable-controller";
constexpr char kRewrite[] = "repoint/fe2/rewrite";
constexpr char kApply[] = "repoint/fe2/apply";
constexpr char kStopScheduler[] = "repoint/fe2/stop-scheduler";

constexpr absl::Duration kWithin = absl::Minutes(15);

// A run of `move-controller --to fe2` and the farm that it works on.
class TakeoverTest : public testing::Test {
 protected:
  // The Deployment Controller on fe1 is down, as `kStop` and `kDisable` leave it.
  void StandDown() {
    farm_.Service("fe1", plan::v1::CONTROLLER) =
        ServiceAs(plan::v1::CONTROLLER, plan::v1::STOPPED, plan::v1::DISABLED);
  }

  std::vector<std::string> Lost() {
    return LostPostconditions(records_.state(), farm_.observation);
  }

  Takeover Judge(absl::Duration away) {
    return JudgeTakeover(records_.state(), away, kWithin, farm_.observation);
  }

  Farm farm_ = MakeFarm();
  RunRecords records_{MakeFarm().MovePlan("fe2")};
};

TEST_F(TakeoverTest, NothingIsLostBeforeTheFirstStep) { EXPECT_THAT(Lost(), IsEmpty()); }

TEST_F(TakeoverTest, WhatFinishedStepsLeftBehindIsThere) {
  records_.Reach(kStop, plan::v1::SUCCEEDED);
  records_.Reach(kDisable, plan::v1::SUCCEEDED);
  StandDown();
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, SomebodyStartedTheOldControllerAgain) {
  records_.Reach(kStop, plan::v1::SUCCEEDED);
  records_.Reach(kDisable, plan::v1::SUCCEEDED);
  EXPECT_THAT(Lost(), ElementsAre("fe1: controller is running, automatic"));
}

TEST_F(TakeoverTest, WhatAStepUnderWayMayChangeIsNotHeldAgainstTheFarm) {
  records_.Reach(kDisable, plan::v1::SUCCEEDED);
  records_.Reach(kStop, plan::v1::STARTED);
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, WhatAPersonVouchedForIsNotHeldAgainstTheFarm) {
  records_.Reach(kDisable, plan::v1::SUCCEEDED);
  records_.Reach(kStop, plan::v1::SKIPPED);
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, WhatAFailedAttemptMayHaveChangedIsNotHeldAgainstTheFarm) {
  records_.Reach(kDisable, plan::v1::SUCCEEDED);
  records_.Reach(kStop, plan::v1::STEP_FAILED);
  records_.Add(RunRecords::Paused(plan::v1::STEP_DID_NOT_SUCCEED));
  records_.Add(RunRecords::Resumed(2, kStop, journal::v1::RETRY));
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, LaterStepsWinOverEarlierOnes) {
  records_.Reach(kStopScheduler, plan::v1::SUCCEEDED);
  records_.Reach("repoint/fe2/start-scheduler", plan::v1::SUCCEEDED);
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, AToolUnderWayMayRestartServices) {
  records_.Reach(kStopScheduler, plan::v1::SUCCEEDED);
  ASSERT_THAT(Lost(), ElementsAre("fe2: scheduler is running, automatic"));
  records_.Reach(kApply, plan::v1::STARTED);
  // In the plan the tool comes before: what a later step left behind still counts.
  EXPECT_THAT(Lost(), ElementsAre("fe2: scheduler is running, automatic"));
}

TEST_F(TakeoverTest, ASettingWasWrittenBack) {
  records_.Reach(kRewrite, plan::v1::SUCCEEDED);
  EXPECT_THAT(Lost(), ElementsAre("fe2: controller.host is \"10.0.0.11\""));
  farm_.Setting("fe2", plan::v1::CONTROLLER_HOST).set_value("10.0.0.12");
  EXPECT_THAT(Lost(), IsEmpty());
}

TEST_F(TakeoverTest, AHostThatDoesNotAnswerIsNamed) {
  records_.Reach(kStop, plan::v1::SUCCEEDED);
  farm_.Silence("fe1");
  EXPECT_THAT(Lost(), ElementsAre("fe1 does not answer: no answer within 2s"));
}

TEST_F(TakeoverTest, AYoungRunGoesOn) {
  EXPECT_TRUE(Judge(absl::Seconds(30)).goes_on);
  EXPECT_TRUE(Judge(kWithin - absl::Nanoseconds(1)).goes_on);
}

TEST_F(TakeoverTest, AnOldRunWaitsForAPerson) {
  const Takeover takeover = Judge(kWithin);
  EXPECT_FALSE(takeover.goes_on);
  EXPECT_EQ(takeover.reason, plan::v1::AWAY_TOO_LONG);
  EXPECT_THAT(takeover.detail, HasSubstr("was away for 15m"));
}

TEST_F(TakeoverTest, ZeroMeansNever) {
  EXPECT_FALSE(
      JudgeTakeover(records_.state(), absl::ZeroDuration(), absl::ZeroDuration(), farm_.observation)
          .goes_on);
}

TEST_F(TakeoverTest, ALostPostconditionWaitsForAPerson) {
  records_.Reach(kStop, plan::v1::SUCCEEDED);
  const Takeover takeover = Judge(absl::Seconds(30));
  EXPECT_FALSE(takeover.goes_on);
  EXPECT_EQ(takeover.reason, plan::v1::POSTCONDITION_LOST);
  EXPECT_THAT(takeover.detail, HasSubstr("fe1: controller is running"));
}

TEST_F(TakeoverTest, ARunThatIsEndingIsEnded) {
  records_.Add(RunRecords::StopRequested(true));
  EXPECT_TRUE(Judge(absl::Hours(100)).goes_on);
}

}  // namespace
}  // namespace baton::engine
