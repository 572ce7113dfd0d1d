// Runs with faults drawn from a seed: whatever happens, the live state is what a replay of the
// journal yields, the engine decides the same again when it is fed the journal, two Deployment
// Controllers never run, and an operation acts once.

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/engine/replay.h"
#include "coordinator/engine/transitions.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/engine_loop.h"

namespace baton {
namespace {

constexpr int kRuns = 100;
constexpr int kEventsPerCheck = 7;
constexpr int kEventsMax = 4000;

class RandomRun {
 public:
  explicit RandomRun(uint32_t seed)
      : random_(seed),
        farm_(MakeFarm({static_cast<int>(2 + seed % 4), seed % 3 == 0})),
        loop_(journal_, farm_, absl::FromUnixSeconds(1714564800)) {}

  // Returns how many events it took; kEventsMax if it did not end.
  int Play() {
    loop_.Start(farm_.farm().MovePlan("fe2", Draw(3) + 1));
    int events = 0;
    while (events < kEventsMax && !Over()) {
      ++events;
      Move();
      if (events % kEventsPerCheck == 0) CheckReplay();
      if (testing::Test::HasFailure()) break;
    }
    return events;
  }

  // The engine decides the same again, from what the journal tells.
  void CheckDecisions() const {
    const absl::StatusOr<engine::ReplayVerdict> verdict =
        engine::Replay("prod", journal_.records());
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_GT(verdict->decisions, 0u);
    for (const engine::ReplayDifference& difference : verdict->differences) {
      ADD_FAILURE() << "record " << difference.sequence << "\n  journaled " << difference.journaled
                    << "\n  replayed  " << difference.replayed;
    }
  }

  plan::v1::RunPhase phase() { return loop_.Replayed().run().phase(); }
  const FakeFarm& farm() const { return farm_; }

 private:
  uint32_t Draw(uint32_t count) {
    return std::uniform_int_distribution<uint32_t>(0, count - 1)(random_);
  }

  bool Over() {
    const bool live = loop_.engine() != nullptr && !loop_.engine()->halted();
    return engine::Ended(live ? loop_.engine()->state().run().phase() : phase());
  }

  void CheckReplay() {
    if (loop_.engine() == nullptr || loop_.engine()->halted()) return;
    ASSERT_EQ(Describe(loop_.engine()->state()), Describe(loop_.Replayed()));
  }

  void Move() {
    if (loop_.engine() == nullptr || loop_.engine()->halted()) {
      return loop_.TakeOver(absl::Seconds(Draw(10) == 0 ? 2000 : 30));
    }
    if (loop_.engine()->state().run().phase() == plan::v1::RUN_PAUSED) return Resume();
    const uint32_t die = Draw(1000);
    if (die < 5) return loop_.Die();
    if (die < 10) return journal_.FailAppend(1 + Draw(3), RandomFailure());
    if (die < 15) return loop_.Handle(engine::StopAsked{"operator:bob", false, "lunch"});
    if (die < 16) return loop_.Handle(engine::StopAsked{"operator:bob", true, "enough"});
    if (loop_.calls().empty()) return loop_.Wait(absl::Seconds(1));
    const size_t index = Draw(static_cast<uint32_t>(loop_.calls().size()));
    switch (Draw(40)) {
      case 0:
        return loop_.Wait(absl::Minutes(5));  // nobody answers for a while
      case 1:
        return Break(index, /*acts=*/true);
      case 2:
        return Break(index, /*acts=*/false);
      case 3:
        return Report(index);
      default:
        return loop_.Answer(index);
    }
  }

  FakeJournal::Failure RandomFailure() {
    return Draw(2) == 0 ? FakeJournal::Failure::kBefore : FakeJournal::Failure::kAfter;
  }

  void Resume() {
    journal::v1::RunResumed resumed;
    const engine::RunState& state = loop_.engine()->state();
    if (state.FirstUndecided() < state.step_count()) {
      resumed.set_decision(journal::v1::RETRY);
      resumed.set_step(state.status(state.FirstUndecided()).step());
    }
    loop_.Resume(std::move(resumed));
  }

  // The call fails, after the host acted or before it heard of it.
  void Break(size_t index, bool acts) {
    const EngineLoop::Call call = loop_.calls()[index];
    loop_.calls().erase(loop_.calls().begin() + static_cast<ptrdiff_t>(index));
    if (acts) loop_.AnswerOf(call);
    const absl::Status status = absl::UnavailableError("connection reset");
    if (const auto* claim = std::get_if<engine::ClaimHost>(&call)) {
      loop_.Handle(engine::ClaimAnswered{claim->call, status});
    } else if (const auto* change = std::get_if<engine::ChangeHost>(&call)) {
      loop_.Handle(engine::ChangeAnswered{change->call, status});
    } else if (const auto* read = std::get_if<engine::ReadHost>(&call)) {
      loop_.Handle(engine::HostRead{read->call, status});
    } else {
      loop_.Handle(engine::HostProbed{std::get<engine::ProbeHost>(call).call, status});
    }
  }

  // The agent acts, and then reports doubt or that it is still at it.
  void Report(size_t index) {
    const EngineLoop::Call call = loop_.calls()[index];
    const auto* change = std::get_if<engine::ChangeHost>(&call);
    if (change == nullptr) return loop_.Answer(index);
    loop_.calls().erase(loop_.calls().begin() + static_cast<ptrdiff_t>(index));
    loop_.AnswerOf(call);
    plan::v1::Operation operation;
    operation.set_operation_id(change->fence.operation_id());
    operation.set_state(Draw(2) == 0 ? plan::v1::OPERATION_UNKNOWN : plan::v1::OPERATION_RUNNING);
    loop_.Handle(engine::ChangeAnswered{change->call, operation});
  }

  std::mt19937 random_;
  FakeJournal journal_;
  FakeFarm farm_;
  EngineLoop loop_;
};

TEST(EngineProperty, LiveStateIsTheReplayWhateverHappens) {
  int succeeded = 0;
  for (uint32_t seed = 1; seed <= kRuns; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomRun run(seed);
    EXPECT_LT(run.Play(), kEventsMax) << "the run does not end";
    EXPECT_LE(run.farm().controllers_max(), 1);
    run.CheckDecisions();
    if (run.phase() == plan::v1::RUN_SUCCEEDED) ++succeeded;
    if (HasFailure()) return;
  }
  // Most draws end well: the faults are such as a run gets over.
  EXPECT_GT(succeeded, kRuns / 2);
}

}  // namespace
}  // namespace baton
