#include "coordinator/runtime/payer.h"

#include <future>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "tests/support/fake_time.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using plan::v1::Debt;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kOpened = absl::Hours(10);

Debt DebtOf(const std::string& host, bool stand_down, absl::Duration opened = kOpened) {
  Debt debt;
  debt.set_host(host);
  debt.set_stand_down(stand_down);
  *debt.mutable_open_time() =
      google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToInt64Nanoseconds(opened));
  return debt;
}

// --- Which payments are due ---------------------------------------------------------------------

class DuePaymentsTest : public testing::Test {
 protected:
  std::vector<std::string> Due(absl::Duration now = kOpened + absl::Minutes(1)) const {
    return DuePayments(farm_.file, debts_, tries_, absl::UnixEpoch() + now, absl::UTCTimeZone());
  }

  Farm farm_ = MakeFarm({4, false});
  std::vector<Debt> debts_ = {DebtOf("fe1", false), DebtOf("fe2", true), DebtOf("fe3", false),
                              DebtOf("fe4", true)};
  PayTries tries_;
};

TEST_F(DuePaymentsTest, AnOpenStandDownWaitsForNobody) {
  EXPECT_THAT(Due(), ElementsAre("fe2", "fe4"));
}

TEST_F(DuePaymentsTest, TheRestIsDueByItself) {
  farm_.file.debts.policy = PayPolicy::kAuto;
  EXPECT_THAT(Due(), ElementsAre("fe2", "fe4", "fe1", "fe3"));
}

TEST_F(DuePaymentsTest, TheRestIsDueInItsWindow) {
  farm_.file.debts = {PayPolicy::kWindow, absl::Hours(11), absl::Hours(12)};
  EXPECT_THAT(Due(), ElementsAre("fe2", "fe4"));
  EXPECT_THAT(Due(absl::Hours(11)), ElementsAre("fe2", "fe4", "fe1", "fe3"));
}

TEST_F(DuePaymentsTest, AHostInMaintenanceIsLeftAlone) {
  farm_.Entry("fe2").maintenance = Maintenance{absl::UnixEpoch(), "ana", "new disk"};
  EXPECT_THAT(Due(), ElementsAre("fe4"));
}

TEST_F(DuePaymentsTest, AHostThatTheFarmNoLongerHasIsLeftAlone) {
  debts_ = {DebtOf("fe9", true)};
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(DuePaymentsTest, ATryIsNotRepeatedForAnHour) {
  tries_["fe2"] = absl::UnixEpoch() + kOpened + absl::Minutes(10);
  EXPECT_THAT(Due(kOpened + absl::Minutes(69)), ElementsAre("fe4"));
  EXPECT_THAT(Due(kOpened + absl::Minutes(70)), ElementsAre("fe2", "fe4"));
}

TEST_F(DuePaymentsTest, ATryOfAnOlderDebtDoesNotCount) {
  tries_["fe2"] = absl::UnixEpoch() + kOpened - absl::Minutes(1);
  EXPECT_THAT(Due(), ElementsAre("fe2", "fe4"));
}

// --- What is done about them --------------------------------------------------------------------

class PayerTest : public testing::Test {
 protected:
  PayerTest() { time_.Sleep(kOpened); }

  Payer::World World() {
    return {[this] { return debts_; },
            [this] { return active_run_; },
            [this] { return journaled_; },
            [this] {
              calls_.emplace_back("observe");
              return farm_.observation;
            },
            [this](const coordinator::v1::CreatePlanRequest& create) { return Plan(create); },
            [this](const coordinator::v1::StartRunRequest& start) { return Start(start); },
            [] { return "request-1"; }};
  }

  absl::StatusOr<plan::v1::Plan> Plan(const coordinator::v1::CreatePlanRequest& create) {
    calls_.push_back(
        absl::StrCat("plan ", create.request().pays(), ": ", create.request().reason()));
    plan::v1::Plan plan;
    plan.set_plan_id("p-1");
    *plan.mutable_request() = create.request();
    if (!finding_.empty()) {
      plan.add_findings()->set_name(finding_);
      plan.mutable_findings(0)->set_level(plan::v1::FINDING_ERROR);
    }
    return plan;
  }

  absl::StatusOr<plan::v1::Run> Start(const coordinator::v1::StartRunRequest& start) {
    calls_.push_back(absl::StrCat("start ", start.plan_id(), " ", start.request_id(), " ",
                                  start.confirmation()));
    if (!start_error_.ok()) return start_error_;
    plan::v1::Run run;
    run.set_run("r-1");
    active_run_ = run.run();
    return run;
  }

  // What one look did.
  std::vector<std::string> Look() {
    calls_.clear();
    payer_.Look();
    return calls_;
  }

  Farm farm_ = MakeFarm();
  std::vector<Debt> debts_ = {DebtOf("fe3", true)};
  std::string active_run_;
  PayTries journaled_;
  std::string finding_;
  absl::Status start_error_;
  std::vector<std::string> calls_;
  FakeTime time_;
  Payer payer_{farm_.file, World(), time_, absl::UTCTimeZone()};
};

TEST_F(PayerTest, StartsARunForAHostThatAnswers) {
  EXPECT_THAT(Look(), ElementsAre("observe", "plan fe3: debt", "start p-1 request-1 fe3"));
  EXPECT_THAT(Look(), IsEmpty()) << "the run is active";
}

TEST_F(PayerTest, AsksNobodyWhereNothingIsDue) {
  debts_ = {DebtOf("fe3", false)};
  EXPECT_THAT(Look(), IsEmpty());
  debts_.clear();
  EXPECT_THAT(Look(), IsEmpty());
}

TEST_F(PayerTest, WaitsForTheRunThatIsActive) {
  active_run_ = "r-0";
  EXPECT_THAT(Look(), IsEmpty());
}

TEST_F(PayerTest, TakesTheFirstHostThatAnswers) {
  debts_ = {DebtOf("fe3", true), DebtOf("fe2", true)};
  farm_.Silence("fe3");
  EXPECT_THAT(Look(), ElementsAre("observe", "plan fe2: debt", "start p-1 request-1 fe2"));
}

TEST_F(PayerTest, WaitsForAHostThatIsSilent) {
  farm_.Silence("fe3");
  EXPECT_THAT(Look(), ElementsAre("observe"));
}

TEST_F(PayerTest, LeavesAHostAloneWhosePlanIsForbidden) {
  finding_ = "disk-space";
  EXPECT_THAT(Look(), ElementsAre("observe", "plan fe3: debt"));
  time_.Sleep(absl::Minutes(59));
  EXPECT_THAT(Look(), IsEmpty());
  time_.Sleep(absl::Minutes(1));
  EXPECT_THAT(Look(), ElementsAre("observe", "plan fe3: debt"));
}

TEST_F(PayerTest, LeavesAHostAloneWhoseRunTheJournalHas) {
  journaled_["fe3"] = time_.Now();
  EXPECT_THAT(Look(), IsEmpty());
}

TEST_F(PayerTest, TriesAgainSoonWhereAnotherRunCameFirst) {
  start_error_ = absl::AbortedError("run r-0 is active");
  EXPECT_EQ(Look().size(), 3U);
  EXPECT_EQ(Look().size(), 3U);
  start_error_ = absl::FailedPreconditionError("the farm moved");
  EXPECT_EQ(Look().size(), 3U);
  EXPECT_THAT(Look(), IsEmpty());
}

TEST(PayLoopTest, LooksAtOnceAndEndsWithItsOwner) {
  const Farm farm = MakeFarm();
  FakeTime time;
  std::promise<void> looked;
  bool first = true;
  Payer::World world;
  world.debts = [&] {
    if (first) looked.set_value();
    first = false;
    return std::vector<Debt>();
  };
  Payer payer(farm.file, world, time, absl::UTCTimeZone());
  const PayLoop loop(payer);
  looked.get_future().wait();
}

}  // namespace
}  // namespace baton
