#include "coordinator/engine/transitions.h"

#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/words/words.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/document.h"

namespace baton::engine {
namespace {

using journal::v1::Record;
using testing::UnorderedElementsAre;

std::string KindName(Record::BodyCase kind) {
  return Record::descriptor()->FindFieldByNumber(static_cast<int>(kind))->name();
}

template <typename Row>
std::string TableOf(absl::Span<const Row> rows) {
  std::string text = "| in | the record | leads to | which means |\n|---|---|---|---|\n";
  for (const Row& row : rows) {
    absl::StrAppend(&text, "| ", row.from == 0 ? "(nothing)" : Word(row.from), " | `",
                    KindName(row.record), "` | ", Word(row.to), " | ", row.sentence, " |\n");
  }
  return text;
}

// What the table holds is what is found, and nothing else is.
template <typename State, typename Row>
void ExpectFindsExactly(absl::Span<const Row> rows, int states) {
  std::set<std::tuple<int, int, int>> listed;
  for (const Row& row : rows) {
    EXPECT_TRUE(listed.insert({row.from, row.record, row.to}).second)
        << Word(row.from) << " " << KindName(row.record) << " " << Word(row.to) << " twice";
  }
  for (int from = 0; from < states; ++from) {
    for (int to = 0; to < states; ++to) {
      for (int kind = Record::kRunStarted; kind <= Record::kGateAnswered; ++kind) {
        const bool found =
            FindTransition(static_cast<State>(from), static_cast<Record::BodyCase>(kind),
                           static_cast<State>(to)) != nullptr;
        EXPECT_EQ(found, listed.count({from, kind, to}) == 1) << from << " " << kind << " " << to;
      }
    }
  }
}

TEST(RunTransitions, AreFoundAsListed) {
  ExpectFindsExactly<plan::v1::RunPhase>(RunTransitions(), plan::v1::RunPhase_ARRAYSIZE);
}

TEST(StepTransitions, AreFoundAsListed) {
  ExpectFindsExactly<plan::v1::StepState>(StepTransitions(), plan::v1::StepState_ARRAYSIZE);
}

TEST(RunTransitions, NothingFollowsAnEnd) {
  for (const RunTransition& row : RunTransitions()) EXPECT_FALSE(Ended(row.from)) << row.sentence;
}

TEST(RunTransitions, EveryOtherPhaseHasAWayToAnEnd) {
  std::set<int> ending;
  for (int round = 0; round < plan::v1::RunPhase_ARRAYSIZE; ++round) {
    for (const RunTransition& row : RunTransitions()) {
      if (Ended(row.to) || ending.count(row.to) > 0) ending.insert(row.from);
    }
  }
  EXPECT_THAT(ending, UnorderedElementsAre(plan::v1::RUN_PHASE_UNSPECIFIED, plan::v1::RUN_RUNNING,
                                           plan::v1::RUN_WAITING, plan::v1::RUN_PAUSED,
                                           plan::v1::RUN_CANCELLING));
}

// But that a gate is asked again, for the sake of another step: RunState sees to the rest.
TEST(StepTransitions, NothingFollowsWhatIsSettled) {
  for (const StepTransition& row : StepTransitions()) {
    const bool over = row.from == plan::v1::SUCCEEDED || row.from == plan::v1::SKIPPED;
    const bool asks_again = over && row.to == plan::v1::PENDING;
    EXPECT_TRUE(!Settled(row.from) || asks_again) << row.sentence;
  }
}

TEST(StepTransitions, APersonCanRetryOrAcceptWhateverNeedsADecision) {
  for (int state = 0; state < plan::v1::StepState_ARRAYSIZE; ++state) {
    const auto from = static_cast<plan::v1::StepState>(state);
    EXPECT_EQ(FindTransition(from, Record::kRunResumed, plan::v1::PENDING) != nullptr,
              NeedsDecision(from) || from == plan::v1::SUCCEEDED || from == plan::v1::SKIPPED);
    EXPECT_EQ(FindTransition(from, Record::kRunResumed, plan::v1::SKIPPED) != nullptr,
              NeedsDecision(from));
  }
}

TEST(Transitions, AreDocumented) {
  ExpectDocumented(BATON_ARCHITECTURE, "run states", TableOf(RunTransitions()));
  ExpectDocumented(BATON_ARCHITECTURE, "step states", TableOf(StepTransitions()));
}

}  // namespace
}  // namespace baton::engine
