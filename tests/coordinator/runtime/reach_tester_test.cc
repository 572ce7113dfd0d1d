#include "coordinator/runtime/reach_tester.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"
#include "tests/support/scripted_agents.h"

namespace baton {
namespace {

using plan::v1::PortReach;
using testing::ElementsAre;
using testing::IsEmpty;

class TryReachTest : public testing::Test {
 protected:
  std::vector<PortReach> Try(absl::Duration timeout = absl::Seconds(60)) {
    const ObservedFarm observed(farm_.file, farm_.observation);
    plan::v1::ProcedureRequest request;
    request.set_procedure(plan::v1::MOVE_CONTROLLER);
    request.set_to("fe2");
    return TryReach(observed, PlanReach(observed, request), agents_, timeout);
  }

  Farm farm_ = MakeFarm({2, false});
  ScriptedAgents agents_;
};

TEST_F(TryReachTest, ListensTriesAndStopsListening) {
  agents_.closed_port = 12000;
  std::vector<std::string> failed;
  const std::vector<PortReach> reach = Try();
  for (const PortReach& attempt : reach) {
    if (!attempt.reached()) failed.push_back(absl::StrCat(attempt.from(), " > ", attempt.to()));
  }
  EXPECT_EQ(reach.size(), 4U);
  EXPECT_THAT(failed, ElementsAre("fe1 > fe2", "fe2 > fe2"));
  EXPECT_THAT(agents_.calls(),
              ElementsAre("fe2 listens", "fe1 tries 1", "fe2 tries 3", "fe2 is done"));
}

TEST_F(TryReachTest, LeavesOutWhatAnAgentDidNotTry) {
  agents_.deaf = "fe2";
  std::vector<std::string> from;
  for (const PortReach& attempt : Try()) from.push_back(attempt.from());
  EXPECT_THAT(from, ElementsAre("fe1"));
}

TEST_F(TryReachTest, DoesNotWaitForAnAgentThatDoesNotSayThatItListens) {
  agents_.silent_listener = true;
  agents_.closed_port = 12000;
  std::vector<std::string> to;
  for (const PortReach& attempt : Try(absl::Milliseconds(40))) to.push_back(attempt.to());
  // What needs the listener proves nothing; what fe2 tries of fe1 does.
  EXPECT_THAT(to, ElementsAre("fe1", "fe1"));
  EXPECT_THAT(agents_.calls().back(), "fe2 is done");
  agents_.late(agent::v1::ListenReport());  // into the void
}

TEST_F(TryReachTest, SplitsManyTriesIntoCalls) {
  for (int i = 0; i < 20; ++i) {
    farm_.Host("fe1").mutable_configuration()->add_databases(absl::StrCat("sql", i, ":1433"));
  }
  EXPECT_EQ(Try().size(), 24U);
  EXPECT_THAT(agents_.calls(), ElementsAre("fe2 listens", "fe1 tries 16", "fe1 tries 5",
                                           "fe2 tries 3", "fe2 is done"));
}

TEST_F(TryReachTest, AsksNobodyWhereThereIsNothingToTry) {
  const ObservedFarm observed(farm_.file, farm_.observation);
  EXPECT_THAT(TryReach(observed, {}, agents_, absl::Seconds(60)), IsEmpty());
  EXPECT_THAT(agents_.calls(), IsEmpty());
}

}  // namespace
}  // namespace baton
