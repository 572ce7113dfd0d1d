#include "tests/simulation/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_join.h"
#include "tests/simulation/campaign.h"
#include "tests/simulation/simulator.h"
#include "tests/support/status_matchers.h"

namespace baton::simulation {
namespace {

using testing::HasSubstr;

constexpr uint64_t kRuns = 150;
constexpr uint64_t kSabotagedRunsMax = 2000;

TEST(Simulation, KeepsEveryPromiseInAFixedSetOfRuns) {
  std::map<std::string, int> ended;
  for (uint64_t seed = 1; seed <= kRuns; ++seed) {
    World::Options options;
    options.seed = seed;
    const Outcome outcome = Simulate(options);
    ASSERT_EQ(outcome.failure, "") << "seed " << seed;
    ++ended[outcome.ended];
  }
  // A simulation that never gets anywhere, or never into trouble, proves nothing.
  EXPECT_GT(ended["succeeded"], static_cast<int>(kRuns / 2));
  EXPECT_GT(ended["paused"], 0);
  EXPECT_GT(ended["stopped"], 0);
  EXPECT_GT(ended["undo-succeeded"], 0);
}

TEST(Simulation, ComesToTheSameWithTheSameSeed) {
  World::Options options;
  options.trace = true;
  for (options.seed = 1; options.seed <= 5; ++options.seed) {
    const Outcome first = Simulate(options);
    const Outcome second = Simulate(options);
    EXPECT_EQ(absl::StrJoin(first.trace, "\n"), absl::StrJoin(second.trace, "\n"));
    EXPECT_EQ(first.faults, second.faults);
  }
}

TEST(Simulation, TraceChangesNothing) {
  World::Options options;
  options.seed = 7;
  const Outcome silent = Simulate(options);
  options.trace = true;
  const Outcome traced = Simulate(options);
  EXPECT_EQ(silent.events, traced.events);
  EXPECT_TRUE(silent.trace.empty());
  EXPECT_FALSE(traced.trace.empty());
}

TEST(Campaign, ComesToTheSameOnAnyNumberOfThreads) {
  constexpr uint64_t kCampaignRuns = 40;
  World::Options first;
  first.seed = 21;
  first.hosts_max = 6;
  first.trace = true;
  Campaign one(first, kCampaignRuns, 1);
  Campaign several(first, kCampaignRuns, 3);
  for (uint64_t i = 0; i < kCampaignRuns; ++i) {
    const std::optional<Outcome> lone = one.Next();
    const std::optional<Outcome> shared = several.Next();
    ASSERT_TRUE(lone.has_value() && shared.has_value());
    EXPECT_EQ(lone->trace, shared->trace) << "seed " << first.seed + i;
    EXPECT_EQ(lone->faults, shared->faults);
  }
  EXPECT_FALSE(one.Next().has_value());
  EXPECT_FALSE(several.Next().has_value());
}

TEST(Campaign, EndsBeforeAllItsRunsWereTaken) {
  Campaign campaign(World::Options(), std::numeric_limits<uint64_t>::max(), 2);
  EXPECT_TRUE(campaign.Next().has_value());
}

// A mistake in a driver, and what gives it away.
struct Mistake {
  Sabotage sabotage;
  const char* name;
  const char* failure;
};

class SabotagedSimulation : public testing::TestWithParam<Mistake> {};

TEST_P(SabotagedSimulation, IsNoticed) {
  World::Options options;
  options.sabotage = GetParam().sabotage;
  options.hosts_max = 6;
  for (options.seed = 1; options.seed <= kSabotagedRunsMax; ++options.seed) {
    const Outcome outcome = Simulate(options);
    if (outcome.failure.empty()) continue;
    EXPECT_THAT(outcome.failure, HasSubstr(GetParam().failure));
    return;
  }
  FAIL() << "nothing was noticed in " << kSabotagedRunsMax << " runs";
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, SabotagedSimulation,
    testing::Values(
        Mistake{Sabotage::kActBeforeLog, "ActBeforeLog", "its log says 0"},
        Mistake{Sabotage::kNeverSync, "NeverSync", "after a restart"},
        Mistake{Sabotage::kActFromLog, "ActFromLog", "before it is durable that it accepted"},
        Mistake{Sabotage::kCallBeforeJournal, "CallBeforeJournal", "is not in the journal"},
        Mistake{Sabotage::kForgetClaims, "ForgetClaims", "after a restart"}),
    [](const testing::TestParamInfo<Mistake>& mistake) { return mistake.param.name; });

TEST(SimulatorOptions, AreRead) {
  const absl::StatusOr<SimulatorOptions> options = ParseSimulatorOptions(
      {"--runs", "20", "--seed", "7", "--hosts", "3-9", "--jobs", "4", "--trace"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->runs, 20u);
  EXPECT_EQ(options->first.seed, 7u);
  EXPECT_EQ(options->jobs, 4u);
  EXPECT_EQ(options->first.hosts_min, 3u);
  EXPECT_EQ(options->first.hosts_max, 9u);
  EXPECT_TRUE(options->first.trace);
}

TEST(SimulatorOptions, RefuseWhatTheyDoNotKnow) {
  const auto message = [](const std::vector<std::string>& arguments) {
    return std::string(ParseSimulatorOptions(arguments).status().message());
  };
  EXPECT_THAT(message({"--speed"}), HasSubstr("--speed"));
  EXPECT_THAT(message({"--runs"}), HasSubstr("needs a value"));
  EXPECT_THAT(message({"--seed", "x"}), HasSubstr("not \"x\""));
  EXPECT_THAT(message({"--hosts", "1-3"}), HasSubstr("MIN-MAX"));
  EXPECT_THAT(message({"--hosts", "9-3"}), HasSubstr("MIN-MAX"));
  EXPECT_THAT(message({"--jobs", "0"}), HasSubstr("from 1 to"));
}

}  // namespace
}  // namespace baton::simulation
