#include "coordinator/ctl/run_progress.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"

namespace baton::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class RunProgressTest : public testing::Test {
 protected:
  RunProgressTest() {
    coordinator::v1::RunEvent event;
    event.mutable_run()->set_sequence(10);
    event.mutable_run()->set_phase(plan::v1::RUN_RUNNING);
    event.mutable_run()->add_steps()->set_step("a/fe1/x");
    event.mutable_run()->add_steps()->set_step("a/fe1/y");
    progress_.Apply(event);
  }

  journal::v1::Record& Next(uint64_t sequence) {
    event_.Clear();
    event_.mutable_record()->set_sequence(sequence);
    event_.mutable_record()->mutable_time()->set_seconds(static_cast<int64_t>(sequence));
    return *event_.mutable_record();
  }
  void Apply() { progress_.Apply(event_); }

  void Output(const std::string& bytes) {
    event_.Clear();
    event_.mutable_output()->set_step("a/fe1/x");
    event_.mutable_output()->set_output(bytes);
    Apply();
  }

  RunProgress progress_;
  coordinator::v1::RunEvent event_;
};

TEST_F(RunProgressTest, FollowsAStep) {
  Next(11).mutable_step_started()->set_step("a/fe1/y");
  event_.mutable_record()->mutable_step_started()->set_attempt(2);
  Apply();
  EXPECT_EQ(progress_.run().steps(1).state(), plan::v1::STARTED);
  EXPECT_EQ(progress_.run().steps(1).attempt(), 2U);
  Next(12).mutable_step_finished()->set_step("a/fe1/y");
  event_.mutable_record()->mutable_step_finished()->set_state(plan::v1::STEP_FAILED);
  event_.mutable_record()->mutable_step_finished()->set_changed(true);
  Apply();
  EXPECT_EQ(progress_.run().steps(1).state(), plan::v1::STEP_FAILED);
  EXPECT_EQ(progress_.run().steps(1).end_time().seconds(), 12);
  EXPECT_TRUE(progress_.run().changed());
  EXPECT_EQ(progress_.last_sequence(), 12U);
}

TEST_F(RunProgressTest, RecordsThatTheRunRestsOnChangeNothing) {
  Next(9).mutable_run_paused()->set_reason(plan::v1::ASKED_FOR);
  Apply();
  EXPECT_EQ(progress_.run().phase(), plan::v1::RUN_RUNNING);
  EXPECT_EQ(progress_.last_sequence(), 9U);
}

TEST_F(RunProgressTest, FollowsThePhase) {
  Next(11).mutable_run_paused()->set_detail("lunch");
  Apply();
  EXPECT_EQ(progress_.run().phase(), plan::v1::RUN_PAUSED);
  EXPECT_EQ(progress_.run().detail(), "lunch");
  Next(12).mutable_run_resumed()->set_epoch(9);
  Apply();
  EXPECT_EQ(progress_.run().phase(), plan::v1::RUN_RUNNING);
  EXPECT_EQ(progress_.run().epoch(), 9U);
  Next(13).mutable_stop_requested()->set_cancel(true);
  Apply();
  EXPECT_EQ(progress_.run().phase(), plan::v1::RUN_CANCELLING);
  Next(14).mutable_run_finished()->set_phase(plan::v1::RUN_CANCELLED);
  Apply();
  EXPECT_EQ(progress_.run().phase(), plan::v1::RUN_CANCELLED);
  EXPECT_EQ(progress_.run().end_time().seconds(), 14);
}

TEST_F(RunProgressTest, GoesOnWithoutAHost) {
  event_.Clear();
  plan::v1::Run& run = *event_.mutable_run();
  run.set_sequence(10);
  for (const std::string host : {"fe1", "fe2"}) {
    for (const char* what : {"x", "y"}) {
      plan::v1::Step& step = *run.mutable_plan()->add_stages()->add_steps();
      step.set_name(absl::StrCat("a/", host, "/", what));
      step.set_host(host);
      run.add_steps()->set_step(step.name());
    }
  }
  run.mutable_steps(0)->set_state(plan::v1::SUCCEEDED);
  Apply();
  Next(11).mutable_run_resumed()->set_decision(journal::v1::OWE);
  event_.mutable_record()->mutable_run_resumed()->set_owed_host("fe1");
  Apply();
  EXPECT_EQ(progress_.run().steps(0).state(), plan::v1::SUCCEEDED);
  EXPECT_EQ(progress_.run().steps(1).state(), plan::v1::OWED);
  EXPECT_NE(progress_.run().steps(2).state(), plan::v1::OWED);
}

TEST_F(RunProgressTest, StepsThatThePlanLacksAreSkipped) {
  Next(11).mutable_step_started()->set_step("b/fe9/z");
  Apply();
  EXPECT_EQ(progress_.NumberOf("b/fe9/z"), 0);
  EXPECT_EQ(progress_.last_sequence(), 11U);
}

TEST_F(RunProgressTest, KeepsLinesThatComeInPieces) {
  Output("one\ntw");
  Output("o\nthree");
  EXPECT_THAT(progress_.TailOf("a/fe1/x"), ElementsAre("one", "two", "three"));
}

TEST_F(RunProgressTest, ForgetsOldOutputAndTheEndOfLongLines) {
  for (int i = 0; i < 100; ++i) Output(absl::StrCat(i, "\n"));
  Output(std::string(10 * kTailLineSizeMax, 'x'));
  EXPECT_THAT(progress_.TailOf("a/fe1/x"), SizeIs(kTailLinesMax + 1));
  EXPECT_THAT(progress_.TailOf("a/fe1/x").back(), SizeIs(kTailLineSizeMax));
}

TEST_F(RunProgressTest, OutputGoesWithItsStep) {
  Output("one\n");
  Next(11).mutable_step_finished()->set_step("a/fe1/x");
  Apply();
  EXPECT_THAT(progress_.TailOf("a/fe1/x"), SizeIs(0));
}

}  // namespace
}  // namespace baton::ctl
