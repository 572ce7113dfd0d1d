#include "coordinator/runtime/assignment_book.h"

#include <memory>
#include <string>

#include "coordinator/runtime/run_book.h"
#include "gtest/gtest.h"
#include "tests/support/fake_journal.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

constexpr char kMovingStep[] = "promote/fe2/assign-moving";

class AssignmentBookTest : public testing::Test {
 protected:
  AssignmentBookTest() {
    absl::StatusOr<std::unique_ptr<RunBook>> book = RunBook::Load(journal_);
    EXPECT_OK(book.status());
    book_ = *std::move(book);
  }

  void Append(journal::v1::Record record) {
    EXPECT_OK(book_->Append({std::move(record)}).status());
  }

  void StartRun() {
    journal::v1::Record record;
    record.set_run("r-1");
    *record.mutable_run_started()->mutable_plan() = MakeFarm({2, false}).MovePlan("fe2");
    record.mutable_run_started()->set_epoch(5);
    Append(record);
    for (const char* host : {"fe2", "fe1"}) {
      journal::v1::Record claim;
      claim.set_run("r-1");
      claim.mutable_claim_finished()->set_host(host);
      claim.mutable_claim_finished()->set_epoch(5);
      claim.mutable_claim_finished()->set_accepted(true);
      Append(claim);
    }
  }

  void Do(const std::string& step, plan::v1::StepState state) {
    journal::v1::Record started;
    started.set_run("r-1");
    started.mutable_step_started()->set_step(step);
    started.mutable_step_started()->set_attempt(1);
    Append(started);
    journal::v1::Record finished;
    finished.set_run("r-1");
    finished.mutable_step_finished()->set_step(step);
    finished.mutable_step_finished()->set_attempt(1);
    finished.mutable_step_finished()->set_state(state);
    Append(finished);
  }

  FakeJournal journal_;
  std::unique_ptr<RunBook> book_;
};

TEST_F(AssignmentBookTest, IsEmptyAtFirst) { EXPECT_EQ(book_->NewestAssignment().epoch(), 0U); }

TEST_F(AssignmentBookTest, KnowsAnAdoption) {
  journal::v1::Record record;
  record.mutable_adopted()->mutable_assignment()->set_controller("fe3");
  record.mutable_adopted()->mutable_assignment()->set_epoch(4);
  Append(record);
  EXPECT_EQ(book_->NewestAssignment().controller(), "fe3");
}

TEST_F(AssignmentBookTest, KnowsWhatARunPublishedAndAfterARestart) {
  StartRun();
  EXPECT_EQ(book_->NewestAssignment().epoch(), 0U);
  Do(kMovingStep, plan::v1::SUCCEEDED);
  const auto check = [](RunBook& book) {
    EXPECT_EQ(book.NewestAssignment().ShortDebugString(),
              "controller: \"fe2\" epoch: 5 state: MOVING run: \"r-1\"");
  };
  check(*book_);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunBook> again, RunBook::Load(journal_));
  check(*again);
}

TEST_F(AssignmentBookTest, AStepThatFailedPublishedNothing) {
  StartRun();
  Do(kMovingStep, plan::v1::STEP_FAILED);
  EXPECT_EQ(book_->NewestAssignment().epoch(), 0U);
}

}  // namespace
}  // namespace baton
