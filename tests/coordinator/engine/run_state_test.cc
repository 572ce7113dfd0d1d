#include "coordinator/engine/run_state.h"

#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/coordinator/engine/run_records.h"
#include "tests/support/engine_loop.h"
#include "tests/support/farm_builder.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using journal::v1::Record;
using testing::HasSubstr;

constexpr char kStop[] = "stand-down/fe1/stop-controller";

RunRecords StartedRun() { return RunRecords(MakeFarm().MovePlan("fe2")); }

// A record where it does not belong: `before` leads there.
struct MisplacedRow {
  const char* name;
  void (*before)(RunRecords& run);
  Record (*record)();
  const char* words;
};

Record Claim(uint64_t epoch) {
  Record record = RunRecords::NewRecord();
  record.mutable_claim_finished()->set_host("fe1");
  record.mutable_claim_finished()->set_epoch(epoch);
  return record;
}

void Nothing(RunRecords& /*run*/) {}
void Started(RunRecords& run) { run.Reach(kStop, plan::v1::STARTED); }
void Failed(RunRecords& run) {
  run.Reach("stand-down/fe1/disable-controller", plan::v1::SUCCEEDED);
  run.Reach(kStop, plan::v1::STEP_FAILED);
  run.Add(RunRecords::Paused(plan::v1::STEP_DID_NOT_SUCCEED));
}
void Paused(RunRecords& run) { run.Add(RunRecords::Paused(plan::v1::ASKED_FOR)); }
void Cancelling(RunRecords& run) { run.Add(RunRecords::StopRequested(true)); }
void Over(RunRecords& run) { run.Add(RunRecords::Finished(plan::v1::RUN_SUCCEEDED)); }

const MisplacedRow kMisplaced[] = {
    {"ASecondStart", Nothing,
     [] {
       Record record = RunRecords::NewRecord();
       record.mutable_run_started();
       return record;
     },
     "run_started cannot lead from running to running"},
    {"ARecordOfTheFarm", Nothing,
     [] {
       Record record = RunRecords::NewRecord();
       record.mutable_adopted();
       return record;
     },
     "adopted does not belong to a run"},
    {"NoBody", Nothing, [] { return RunRecords::NewRecord(); }, "an unknown kind"},
    {"AnUnknownStep", Nothing, [] { return RunRecords::StepStarted("nowhere/fe1/stop"); },
     "has no step \"nowhere/fe1/stop\""},
    {"AnEndWithoutAStart", Nothing,
     [] { return RunRecords::StepFinished(kStop, plan::v1::SUCCEEDED, 0); },
     "from pending to succeeded"},
    {"ASecondStartOfAStep", Started, [] { return RunRecords::StepStarted(kStop, 2); },
     "from started to started"},
    {"AnAttemptTooHigh", Nothing, [] { return RunRecords::StepStarted(kStop, 2); },
     "attempt 2 of stand-down/fe1/stop-controller starts where attempt 1 is due"},
    {"AnEndOfAnotherAttempt", Started,
     [] { return RunRecords::StepFinished(kStop, plan::v1::SUCCEEDED, 2); },
     "attempt 2 of stand-down/fe1/stop-controller ends while attempt 1 is under way"},
    {"AnEndThatIsNone", Started, [] { return RunRecords::StepFinished(kStop, plan::v1::PENDING); },
     "from started to pending"},
    {"AClaimOfAnotherEpoch", Nothing, [] { return Claim(7); }, "a claim of epoch 7"},
    {"AStepInAPausedRun", Paused, [] { return RunRecords::StepStarted(kStop); },
     "step_started cannot lead from paused"},
    {"AStepInAnEndingRun", Cancelling, [] { return RunRecords::StepStarted(kStop); },
     "step_started cannot lead from cancelling"},
    {"APauseOfAPausedRun", Paused, [] { return RunRecords::StopRequested(false); },
     "stop_requested cannot lead from paused to paused"},
    {"AnEpochThatDoesNotRise", Paused, [] { return RunRecords::Resumed(1); },
     "epoch 1 does not rise above 1"},
    {"ADecisionAboutNothing", Paused,
     [] { return RunRecords::Resumed(2, kStop, journal::v1::RETRY); }, "from pending to pending"},
    {"ADecisionAboutAStepThatIsDone", Failed,
     [] { return RunRecords::Resumed(2, "stand-down/fe1/disable-controller", journal::v1::RETRY); },
     "step stand-down/fe1/disable-controller needs no decision"},
    {"ADecisionAboutAnUnknownStep", Failed,
     [] { return RunRecords::Resumed(2, "nowhere", journal::v1::ACCEPT); }, "has no step"},
    {"ADecisionThatEnds", Failed,
     [] { return RunRecords::Resumed(2, kStop, journal::v1::FORCE_STOP); },
     "does not let a run go on"},
    {"AnythingAfterTheEnd", Over, [] { return RunRecords::StopRequested(true); },
     "stop_requested cannot lead from succeeded"},
    {"AliveAfterTheEnd", Over,
     [] {
       Record record = RunRecords::NewRecord();
       record.mutable_run_alive();
       return record;
     },
     "run_alive cannot lead from succeeded"},
    {"AnEndThatIsNoPhase", Nothing, [] { return RunRecords::Finished(plan::v1::RUN_PAUSED); },
     "run_finished cannot lead from running to paused"},
};

class Misplaced : public testing::TestWithParam<MisplacedRow> {};

TEST_P(Misplaced, IsDataLossAndLeavesNoTrace) {
  const MisplacedRow& row = GetParam();
  RunRecords run = StartedRun();
  row.before(run);
  const std::string before = Describe(run.state());
  EXPECT_THAT(run.state().Apply(row.record()),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(row.words)));
  EXPECT_EQ(Describe(run.state()), before);
}

INSTANTIATE_TEST_SUITE_P(, Misplaced, testing::ValuesIn(kMisplaced),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(RunState, IsEmptyBeforeTheStart) {
  engine::RunState state;
  EXPECT_THAT(state.Apply(RunRecords::StepStarted(kStop)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("step_started")));
  EXPECT_EQ(state.step_count(), 0U);
}

TEST(RunState, KeepsAPauseThatWasAskedForOverATakeover) {
  RunRecords run = StartedRun();
  run.Add(RunRecords::StopRequested(false));
  run.Add(RunRecords::Resumed(2));
  EXPECT_TRUE(run.state().pause_requested());
  run.Add(RunRecords::Paused(plan::v1::ASKED_FOR));
  EXPECT_FALSE(run.state().pause_requested());
}

TEST(RunState, WhoAskedForTheEndFirstStands) {
  RunRecords run = StartedRun();
  run.Add(RunRecords::StopRequested(true));
  Record again = RunRecords::StopRequested(false);
  again.set_actor("operator:bob");
  run.Add(again);
  EXPECT_EQ(run.state().stop_reason(), "operator:alice: lunch");
  EXPECT_FALSE(run.state().pause_requested());
}

TEST(RunState, AttemptRisesOnlyAfterAReport) {
  RunRecords run = StartedRun();
  Record unreported = RunRecords::StepFinished(kStop, plan::v1::UNKNOWN);
  unreported.mutable_step_finished()->clear_operation();
  run.Reach(kStop, plan::v1::STARTED);
  run.Add(unreported);
  const size_t index = *run.state().FindStep(kStop);
  EXPECT_EQ(run.state().NextAttempt(index), 1U);
  run.Add(RunRecords::Paused(plan::v1::STEP_DID_NOT_SUCCEED));
  run.Add(RunRecords::Resumed(2, kStop, journal::v1::RETRY));
  run.Add(RunRecords::StepStarted(kStop, 1));
  run.Add(RunRecords::StepFinished(kStop, plan::v1::STEP_FAILED));
  EXPECT_EQ(run.state().NextAttempt(index), 2U);
}

constexpr char kProvide[] = "license/fe2/provide";
constexpr char kInstall[] = "license/fe2/install";

Record Approved(uint32_t attempt) {
  Record record = RunRecords::NewRecord();
  record.mutable_gate_answered()->set_step(kProvide);
  record.mutable_gate_answered()->set_attempt(attempt);
  record.mutable_gate_answered()->set_approved(true);
  return record;
}

// A run whose license was brought to a gate, and could not be installed.
RunRecords RunWithTheWrongLicense() {
  Farm farm = MakeFarm();
  farm.GiveSerial("fe2", "BBBB-2222");
  RunRecords run(farm.MovePlan("fe2"));
  run.Add(RunRecords::StepStarted(kProvide));
  run.Add(Approved(1));
  run.Reach(kInstall, plan::v1::STEP_FAILED);
  run.Add(RunRecords::Paused(plan::v1::STEP_DID_NOT_SUCCEED));
  return run;
}

TEST(RunState, AsksAGateAgainForTheStepThatCouldNotUseItsAnswer) {
  RunRecords run = RunWithTheWrongLicense();
  run.Add(RunRecords::Resumed(2, kProvide, journal::v1::RETRY));
  const size_t gate = *run.state().FindStep(kProvide);
  const size_t install = *run.state().FindStep(kInstall);
  EXPECT_EQ(run.state().status(gate).state(), plan::v1::PENDING);
  EXPECT_EQ(run.state().status(install).state(), plan::v1::PENDING);
  EXPECT_EQ(run.state().NextAttempt(gate), 2U);
  EXPECT_EQ(run.state().NextAttempt(install), 2U);
  run.Add(RunRecords::StepStarted(kProvide, 2));
  run.Add(Approved(2));
  EXPECT_EQ(run.state().status(gate).state(), plan::v1::SUCCEEDED);
}

TEST(RunState, VouchesForNoGateThatIsAnsweredAndAsksNoneInVain) {
  RunRecords run = RunWithTheWrongLicense();
  const std::string before = Describe(run.state());
  EXPECT_THAT(run.state().Apply(RunRecords::Resumed(2, kProvide, journal::v1::ACCEPT)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("needs no decision")));
  EXPECT_EQ(Describe(run.state()), before);
  run.Add(RunRecords::Resumed(2, kInstall, journal::v1::ACCEPT));
  run.Add(RunRecords::Paused(plan::v1::ASKED_FOR));
  EXPECT_THAT(run.state().Apply(RunRecords::Resumed(3, kProvide, journal::v1::RETRY)),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("needs no decision")));
}

TEST(RunState, KeepsWhereTheAttemptStarted) {
  RunRecords run = StartedRun();
  run.Reach(kStop, plan::v1::STARTED);
  const size_t index = *run.state().FindStep(kStop);
  const uint64_t started = run.state().run().sequence();
  EXPECT_EQ(run.state().ledger(index).started.sequence(), started);
  EXPECT_EQ(run.state().ledger(index).started.hash().size(), 32U);
  run.Add(RunRecords::Resumed(2));
  EXPECT_EQ(run.state().ledger(index).started.sequence(), started);
}

// `changed` decides what a script reads: "refused, nothing changed" must never be a guess.
TEST(RunState, AChangeUnderWayCountsAsChangedWhenTheRunStandsOrEnds) {
  for (const Record& record :
       {RunRecords::Paused(plan::v1::AWAY_TOO_LONG), RunRecords::Finished(plan::v1::RUN_STOPPED)}) {
    RunRecords run = StartedRun();
    run.Reach(kStop, plan::v1::STARTED);
    EXPECT_FALSE(run.state().run().changed());
    run.Add(record);
    EXPECT_TRUE(run.state().run().changed());
  }
}

TEST(RunState, AReadUnderWayChangesNothing) {
  RunRecords run = StartedRun();
  run.Reach("preflight/fe2/unchanged", plan::v1::STARTED);
  run.Add(RunRecords::Paused(plan::v1::AWAY_TOO_LONG));
  EXPECT_FALSE(run.state().run().changed());
}

TEST(RunState, SurvivesBeingMoved) {
  RunRecords run = StartedRun();
  const std::string before = Describe(run.state());
  engine::RunState moved = std::move(run.state());
  engine::RunState assigned;
  assigned = std::move(moved);
  EXPECT_EQ(Describe(assigned), before);
}

TEST(RunState, ClaimsCountOnlyAtThePresentEpoch) {
  RunRecords run = StartedRun();
  EXPECT_TRUE(run.state().Claimed());
  run.Add(RunRecords::Resumed(2));
  EXPECT_FALSE(run.state().Claimed());
}

}  // namespace
}  // namespace baton
