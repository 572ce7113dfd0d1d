// The engine, fed a journal again: it finds what was decided otherwise, and nothing else.

#include "coordinator/engine/replay.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/engine_loop.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReplayTest : public testing::Test {
 protected:
  // The journal of a move that went well.
  std::vector<StoredRecord> Move() {
    loop_.Start(farm_.farm().MovePlan("fe2", 2));
    loop_.RunToRest();
    return journal_.records();
  }

  // The first record of that kind of which `wanted` holds.
  static StoredRecord& Find(std::vector<StoredRecord>& records,
                            const std::function<bool(const journal::v1::Record&)>& wanted) {
    for (StoredRecord& stored : records) {
      if (wanted(stored.record)) return stored;
    }
    ADD_FAILURE() << "no such record";
    return records.front();
  }

  FakeJournal journal_;
  FakeFarm farm_{MakeFarm({4, false})};
  EngineLoop loop_{journal_, farm_, absl::FromUnixSeconds(1714564800)};
};

TEST_F(ReplayTest, FindsNothingInARunThatWasDecidedLikeThat) {
  const std::vector<StoredRecord> records = Move();
  ASSERT_OK_AND_ASSIGN(const engine::ReplayVerdict verdict, engine::Replay("prod", records));
  EXPECT_THAT(verdict.differences, IsEmpty());
  EXPECT_EQ(verdict.records, records.size());
  EXPECT_EQ(verdict.decisions, records.size() - 1);  // all but the start
}

TEST_F(ReplayTest, FindsAStepThatWasTakenForDoneAlthoughItsProofDoesNotHold) {
  std::vector<StoredRecord> records = Move();
  StoredRecord& stored = Find(records, [](const journal::v1::Record& record) {
    return record.step_finished().step() == "stand-down/fe1/stop-controller";
  });
  plan::v1::ServiceState& service =
      *stored.record.mutable_step_finished()->mutable_evidence()->mutable_services(0);
  service.set_run_state(plan::v1::RUNNING);
  ASSERT_OK_AND_ASSIGN(const engine::ReplayVerdict verdict, engine::Replay("prod", records));
  ASSERT_THAT(verdict.differences, SizeIs(1));
  EXPECT_EQ(verdict.differences[0].sequence, stored.record.sequence());
  EXPECT_THAT(verdict.differences[0].journaled, HasSubstr("state: SUCCEEDED"));
  EXPECT_THAT(verdict.differences[0].replayed, HasSubstr("state: STEP_FAILED"));
}

// What follows a difference rests on another state: the replay goes on where a person resumed.
TEST_F(ReplayTest, GoesOnWhereTheRunWasTakenUpAnew) {
  loop_.Start(farm_.farm().MovePlan("fe2", 2));
  while (loop_.engine()->state().run().phase() != plan::v1::RUN_PAUSED) {
    loop_.Handle(engine::StopAsked{"operator:bob", false, "lunch"});
    loop_.Answer();
  }
  loop_.Resume({});
  loop_.RunToRest();
  std::vector<StoredRecord> records = journal_.records();
  StoredRecord& paused =
      Find(records, [](const journal::v1::Record& record) { return record.has_run_paused(); });
  paused.record.mutable_run_paused()->set_detail("paused by nobody");
  ASSERT_OK_AND_ASSIGN(const engine::ReplayVerdict verdict, engine::Replay("prod", records));
  ASSERT_THAT(verdict.differences, SizeIs(1));
  EXPECT_EQ(verdict.differences[0].sequence, paused.record.sequence());
  EXPECT_EQ(verdict.decisions, records.size() - 1);
}

TEST_F(ReplayTest, WantsTheStartOfARun) {
  std::vector<StoredRecord> records = Move();
  records.erase(records.begin());
  EXPECT_THAT(engine::Replay("prod", records),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("start of a run")));
  EXPECT_THAT(engine::Replay("prod", {}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("start of a run")));
}

}  // namespace
}  // namespace baton
