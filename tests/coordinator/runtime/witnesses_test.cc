#include "coordinator/runtime/witnesses.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/sighting_plan.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"
#include "tests/support/scripted_agents.h"

namespace baton {
namespace {

using plan::v1::Sighting;
using testing::ElementsAre;
using testing::IsEmpty;

class WitnessesTest : public testing::Test {
 protected:
  WitnessesTest() { farm_.Silence("fe1"); }

  // "fe2 > 12000 SILENT: no answer".
  std::vector<std::string> LookAround() {
    std::vector<std::string> words;
    const ObservedFarm observed(farm_.file, farm_.observation);
    for (const Sighting& seen : Look(PlanSightings(observed, {}), agents_, absl::Seconds(60))) {
      words.push_back(absl::StrCat(seen.from(), " > ", seen.port(), " ",
                                   plan::v1::ProbeVerdict_Name(seen.verdict()), ": ",
                                   seen.detail()));
    }
    return words;
  }

  Farm farm_ = MakeFarm({2, false});
  ScriptedAgents agents_;
};

TEST_F(WitnessesTest, SayWhatBecameOfEveryPort) {
  agents_.closed_port = 12000;
  EXPECT_THAT(LookAround(), ElementsAre("fe2 > 7601 ACCEPTS: ", "fe2 > 12000 SILENT: no answer",
                                        "fe2 > 12001 ACCEPTS: ", "fe2 > 12002 ACCEPTS: "));
  EXPECT_THAT(agents_.calls(), ElementsAre("fe2 tries 4"));
}

TEST_F(WitnessesTest, OneThatDoesNotAnswerProvesNothing) {
  agents_.deaf = "fe2";
  const std::vector<std::string> words = LookAround();
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words.front(), "fe2 > 7601 PROBE_VERDICT_UNSPECIFIED: connection refused");
}

TEST_F(WitnessesTest, AreNotAskedWhereEverybodyAnswers) {
  farm_ = MakeFarm({2, false});
  EXPECT_THAT(LookAround(), IsEmpty());
  EXPECT_THAT(agents_.calls(), IsEmpty());
}

}  // namespace
}  // namespace baton
