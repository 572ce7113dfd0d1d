// The coordinator dies at every append that a run makes, in three ways, and another takes over: the
// farm must come to the same end, and nothing must be done to it twice.

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "coordinator/engine/engine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/engine_loop.h"
#include "tests/support/fake_farm.h"
#include "tests/support/fake_journal.h"

namespace baton {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1714564800);

// What a farm's run does.
enum class Purpose { kMove, kMoveInParallel, kMoveCache, kSwap };

Farm FarmFor(Purpose purpose) {
  if (purpose == Purpose::kMoveCache) {
    Farm farm = MakeFarm({3, false, "fe1"});
    farm.NameCachePassword();
    return farm;
  }
  Farm farm = MakeFarm();
  if (purpose != Purpose::kSwap) return farm;
  farm.StandBy("fe3");
  farm.file.drain = absl::Minutes(2);
  return farm;
}

// A farm, a journal and the run that moves its Deployment Controller to fe2, or that activates fe3
// in place of the others.
struct World {
  explicit World(Purpose run_purpose)
      : farm(FarmFor(run_purpose)), loop(journal, farm, kStart), purpose(run_purpose) {}

  void Start() {
    const Farm& seen = farm.farm();
    const plan::v1::Procedure procedure = purpose == Purpose::kMoveCache
                                              ? plan::v1::MOVE_CONTROLLER_AND_CACHE
                                              : plan::v1::MOVE_CONTROLLER;
    const uint32_t parallel = purpose == Purpose::kMoveInParallel ? 3 : 1;
    loop.Start(purpose == Purpose::kSwap ? seen.SwapPlan()
                                         : seen.MovePlan("fe2", parallel, procedure));
  }

  FakeJournal journal;
  FakeFarm farm;
  EngineLoop loop;
  Purpose purpose;
};

// The hosts without what tells epochs apart.
std::string EndOf(Farm& farm) {
  std::string text;
  for (plan::v1::HostObservation& host : *farm.observation.mutable_hosts()) {
    plan::v1::Host state = host.state();
    state.clear_claim();
    state.mutable_assignment()->clear_epoch();
    absl::StrAppend(&text, state.DebugString());
  }
  return text;
}

void ExpectNothingTwice(const FakeFarm& farm) {
  std::map<std::string, int> counts;
  for (const std::string& effect : farm.effects()) ++counts[effect];
  for (const auto& [effect, count] : counts) EXPECT_EQ(count, 1) << effect;
  EXPECT_EQ(farm.controllers_max(), 1);
}

class EngineCrash : public testing::TestWithParam<std::tuple<Purpose, EngineLoop::Death>> {};

TEST_P(EngineCrash, EndsTheSameAfterADeathAtAnyAppend) {
  const auto [purpose, death] = GetParam();
  World whole(purpose);
  whole.Start();
  whole.loop.RunToRest();
  ASSERT_EQ(whole.loop.Replayed().run().phase(), plan::v1::RUN_SUCCEEDED);
  ExpectNothingTwice(whole.farm);
  const std::string end = EndOf(whole.farm.farm());
  const uint64_t appends = whole.journal.appends() - 1;  // the run's start is not the engine's
  ASSERT_GT(appends, 20U);

  for (uint64_t n = 1; n <= appends; ++n) {
    SCOPED_TRACE(absl::StrCat("dies at append ", n));
    World world(purpose);
    world.loop.DieAt(n, death);
    world.Start();
    world.loop.RunToRest();
    ASSERT_EQ(world.loop.engine(), nullptr);
    world.loop.TakeOver(absl::Seconds(30));
    world.loop.RunToRest();
    const engine::RunState state = world.loop.Replayed();
    EXPECT_EQ(state.run().phase(), plan::v1::RUN_SUCCEEDED) << state.run().detail();
    EXPECT_EQ(Describe(world.loop.engine()->state()), Describe(state));
    EXPECT_EQ(EndOf(world.farm.farm()), end);
    ExpectNothingTwice(world.farm);
  }
}

// A coordinator that dies at every single append of its life still gets to the end.
TEST_P(EngineCrash, ComesToAnEndThoughEveryCoordinatorDiesSoon) {
  const auto [purpose, death] = GetParam();
  World world(purpose);
  // The claims and one step: with less, nothing can ever be achieved.
  constexpr uint64_t kAppendsOfALife = 5;
  world.loop.DieAt(kAppendsOfALife, death);
  world.Start();
  world.loop.RunToRest();
  int lives = 1;
  while (world.loop.Replayed().run().phase() == plan::v1::RUN_RUNNING && lives < 1000) {
    ++lives;
    world.loop.DieAt(kAppendsOfALife, death);
    world.loop.TakeOver(absl::Seconds(30));
    world.loop.RunToRest();
  }
  EXPECT_EQ(world.loop.Replayed().run().phase(), plan::v1::RUN_SUCCEEDED)
      << world.loop.Replayed().run().detail();
  EXPECT_GT(lives, 5);
  ExpectNothingTwice(world.farm);
}

std::string PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kMove:
      return "Move";
    case Purpose::kMoveInParallel:
      return "MoveInParallel";
    case Purpose::kMoveCache:
      return "MoveCache";
    case Purpose::kSwap:
      return "Swap";
  }
  return "";
}

std::string DeathName(EngineLoop::Death death) {
  switch (death) {
    case EngineLoop::Death::kBeforeAppend:
      return "BeforeAppend";
    case EngineLoop::Death::kAfterAppend:
      return "AfterAppend";
    case EngineLoop::Death::kAfterCalls:
      return "AfterCalls";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(, EngineCrash,
                         testing::Combine(testing::Values(Purpose::kMove, Purpose::kMoveInParallel,
                                                          Purpose::kMoveCache, Purpose::kSwap),
                                          testing::Values(EngineLoop::Death::kBeforeAppend,
                                                          EngineLoop::Death::kAfterAppend,
                                                          EngineLoop::Death::kAfterCalls)),
                         [](const auto& test) {
                           return absl::StrCat(PurposeName(std::get<0>(test.param)),
                                               DeathName(std::get<1>(test.param)));
                         });

}  // namespace
}  // namespace baton
