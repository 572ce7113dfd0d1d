#include "coordinator/runtime/forgiver.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/fake_journal.h"
#include "tests/support/fake_time.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;

// A fence that says what a test has put there; `when_asked` happens meanwhile.
class SayingFence : public FenceRunner {
 public:
  absl::Status Monitor(const plan::v1::FenceOff& /*fence*/, absl::Duration /*timeout*/) override {
    return absl::UnimplementedError("monitor");
  }
  absl::StatusOr<bool> IsOn(const plan::v1::FenceOff& fence, absl::Duration /*timeout*/) override {
    asked.push_back(fence.agent());
    if (when_asked) when_asked();
    return says;
  }
  void CutOff(const plan::v1::FenceOff& /*fence*/, absl::Duration /*timeout*/,
              OnEnd on_end) override {
    on_end(absl::UnimplementedError("off"));
  }

  absl::StatusOr<bool> says = false;
  std::vector<std::string> asked;
  std::function<void()> when_asked;
};

class ForgiverTest : public testing::Test {
 protected:
  ForgiverTest() {
    absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(journal_);
    EXPECT_OK(book.status());
    book_ = *std::move(book);
    debt_.set_host("fe1");
    debt_.set_stand_down(true);
    farm_.Entry("fe1").fence.emplace().set_agent("fence_ipmilan");
  }

  absl::StatusOr<plan::v1::Debt> WriteOff(const std::string& host = "fe1",
                                          const std::string& reason = "scrapped") {
    coordinator::v1::WriteOffDebtRequest request;
    request.set_host(host);
    request.set_reason(reason);
    return Forgiver(
               farm_.file, *book_, [this] { return std::vector<plan::v1::Debt>{debt_}; }, fence_,
               time_)
        .WriteOff(request, "operator:ana");
  }

  void StartRun() {
    journal::v1::Record record;
    record.set_run("r-9");
    *record.mutable_run_started()->mutable_plan() = farm_.MovePlan("fe2");
    record.mutable_run_started()->set_epoch(1);
    EXPECT_OK(book_->Append({record}).status());
  }

  Farm farm_ = MakeFarm();
  plan::v1::Debt debt_;
  SayingFence fence_;
  FakeTime time_;
  FakeJournal journal_;
  std::unique_ptr<RunBook> book_;
};

TEST_F(ForgiverTest, WritesAStandDownOffThatTheFenceProves) {
  ASSERT_OK_AND_ASSIGN(const plan::v1::Debt debt, WriteOff());
  EXPECT_EQ(debt.off_proof(), "fence_ipmilan says that it is off");
  ASSERT_EQ(journal_.records().size(), 1U);
  const journal::v1::Record& record = journal_.records().front().record;
  EXPECT_EQ(record.actor(), "operator:ana");
  EXPECT_EQ(record.debt_settled().ShortDebugString(),
            "host: \"fe1\" end: DEBT_WRITTEN_OFF reason: \"scrapped (fence_ipmilan says that it is "
            "off)\"");
}

TEST_F(ForgiverTest, AsksNoFenceAboutTheRest) {
  debt_.set_stand_down(false);
  farm_.Entry("fe1").fence.reset();
  ASSERT_OK_AND_ASSIGN(const plan::v1::Debt debt, WriteOff());
  EXPECT_EQ(debt.off_proof(), "");
  EXPECT_TRUE(fence_.asked.empty());
  EXPECT_EQ(journal_.records().size(), 1U);
}

TEST_F(ForgiverTest, RefusesAHostThatIsOn) {
  fence_.says = true;
  EXPECT_THAT(WriteOff(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("fence_ipmilan says that it is on")));
  EXPECT_TRUE(journal_.records().empty());
}

TEST_F(ForgiverTest, RefusesWhereTheFenceDoesNotSay) {
  fence_.says = absl::DeadlineExceededError("fence_ipmilan: no answer in 30s");
  EXPECT_THAT(WriteOff(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("fence_ipmilan: no answer in 30s")));
}

TEST_F(ForgiverTest, RefusesWhereThereIsNoFence) {
  farm_.Entry("fe1").fence.reset();
  EXPECT_THAT(WriteOff(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                   HasSubstr("the farm file has no fence for it")));
}

TEST_F(ForgiverTest, RefusesAnotherRequest) {
  EXPECT_THAT(WriteOff("fe1", ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--reason")));
  EXPECT_THAT(WriteOff("fe1", std::string(1001, 'x')),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1001 bytes")));
  EXPECT_THAT(WriteOff("fe9"), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("fe9")));
  EXPECT_THAT(WriteOff("fe2"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("fe2 owes nothing")));
}

TEST_F(ForgiverTest, WaitsForTheRunThatIsActive) {
  StartRun();
  EXPECT_THAT(WriteOff(), StatusIs(absl::StatusCode::kAborted, HasSubstr("run r-9 is active")));
  EXPECT_TRUE(fence_.asked.empty());
}

TEST_F(ForgiverTest, WaitsForARunThatStartsWhileTheFenceIsAsked) {
  fence_.when_asked = [this] { StartRun(); };
  EXPECT_THAT(WriteOff(), StatusIs(absl::StatusCode::kAborted, HasSubstr("run r-9 is active")));
  EXPECT_EQ(journal_.records().size(), 1U) << "the run's alone";
}

}  // namespace
}  // namespace baton
