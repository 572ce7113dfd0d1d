#include "coordinator/procedure/reach_plan.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::PortReach;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

plan::v1::ProcedureRequest Request(plan::v1::Procedure procedure, const std::string& to = "") {
  plan::v1::ProcedureRequest request;
  request.set_procedure(procedure);
  request.set_to(to);
  return request;
}

ReachPlan PlanIn(const Farm& farm, const plan::v1::ProcedureRequest& request) {
  return PlanReach(ObservedFarm(farm.file, farm.observation), request);
}

// "fe1 > fe2 10.0.0.12:12000", in the plan's order.
std::vector<std::string> Words(const ReachPlan& plan) {
  std::vector<std::string> words;
  for (const PortReach& attempt : plan.tries) {
    words.push_back(absl::StrCat(attempt.from(), " > ", attempt.to(), " ", attempt.address(), ":",
                                 attempt.port()));
  }
  return words;
}

TEST(PlanReach, LetsEveryHostTryTheNewOneAndTheNewOneTryTheFrontEnds) {
  const ReachPlan plan = PlanIn(MakeFarm({2, false}), Request(plan::v1::MOVE_CONTROLLER, "fe2"));
  EXPECT_THAT(plan.listens, ElementsAre(Pair("fe2", ElementsAre(12000))));
  EXPECT_THAT(Words(plan), ElementsAre("fe1 > fe2 10.0.0.12:12000", "fe2 > fe2 10.0.0.12:12000",
                                       "fe2 > fe1 10.0.0.11:12001", "fe2 > fe1 10.0.0.11:12002"));
}

TEST(PlanReach, AsksForTheCacheWhereItMoves) {
  const ReachPlan plan =
      PlanIn(MakeFarm({2, false, "fe1"}), Request(plan::v1::MOVE_CONTROLLER_AND_CACHE, "fe2"));
  EXPECT_THAT(plan.listens, ElementsAre(Pair("fe2", ElementsAre(12000, 5672))));
}

TEST(PlanReach, TriesDatabasesOfTheHostsOwnConfiguration) {
  Farm farm = MakeFarm({2, true});
  for (const char* host : {"dc1", "fe1", "fe2"}) farm.Host(host).mutable_services()->Clear();
  farm.Host("fe1").mutable_configuration()->add_databases("sql01:1433");
  farm.Host("fe2").mutable_configuration()->add_databases("[fd00::5]:1500");
  const ReachPlan plan = PlanIn(farm, Request(plan::v1::ACTIVATE_PASSIVE));
  EXPECT_THAT(plan.listens, IsEmpty());
  EXPECT_THAT(Words(plan), ElementsAre("fe1 >  sql01:1433", "fe2 >  fd00::5:1500"));
}

TEST(PlanReach, TriesThePresentOneWithoutAListener) {
  const ReachPlan plan = PlanIn(MakeFarm({2, true}), Request(plan::v1::ACTIVATE_PASSIVE));
  EXPECT_THAT(plan.listens, IsEmpty());
  EXPECT_THAT(Words(plan), ElementsAre("dc1 > dc1 10.0.0.10:12000", "fe1 > dc1 10.0.0.10:12000",
                                       "fe2 > dc1 10.0.0.10:12000"));
}

TEST(PlanReach, TriesEveryCandidateWhereNoneIsNamed) {
  const Farm farm = MakeFarm({3, true});
  const ReachPlan plan = PlanIn(farm, Request(plan::v1::MOVE_CONTROLLER));
  EXPECT_THAT(plan.listens,
              ElementsAre(Pair("fe1", ElementsAre(12000)), Pair("fe2", ElementsAre(12000)),
                          Pair("fe3", ElementsAre(12000))));
  EXPECT_THAT(Candidates(ObservedFarm(farm.file, farm.observation)),
              ElementsAre("fe1", "fe2", "fe3"));
}

TEST(PlanReach, LeavesOutHostsThatDoNotAnswerAndServicesOnTheirWay) {
  Farm farm = MakeFarm({3, false});
  farm.Silence("fe3");
  farm.Service("fe2", plan::v1::CONTROLLER).set_run_state(plan::v1::STARTING);
  const ReachPlan plan = PlanIn(farm, Request(plan::v1::MOVE_CONTROLLER, "fe2"));
  EXPECT_THAT(plan.listens, IsEmpty());
  EXPECT_THAT(Words(plan), ElementsAre("fe2 > fe1 10.0.0.11:12001", "fe2 > fe1 10.0.0.11:12002"));
}

TEST(PlanReach, HasLimits) {
  const ReachPlan named = PlanIn(MakeFarm({100, false}), Request(plan::v1::MOVE_CONTROLLER, "fe2"));
  size_t of_fe2 = 0;
  for (const PortReach& attempt : named.tries) of_fe2 += attempt.from() == "fe2" ? 1 : 0;
  EXPECT_EQ(of_fe2, kReachTriesMax);
  const ReachPlan open = PlanIn(MakeFarm({100, false}), Request(plan::v1::MOVE_CONTROLLER));
  EXPECT_EQ(open.listens.size(), kReachCandidatesMax);
}

TEST(PlanReach, TriesNothingOnAHostThatTheFarmDoesNotHave) {
  const ReachPlan plan = PlanIn(MakeFarm(), Request(plan::v1::MOVE_CONTROLLER, "fe9"));
  EXPECT_THAT(plan.listens, IsEmpty());
  EXPECT_THAT(plan.tries, IsEmpty());
}

// --- What tries come to -------------------------------------------------------------------------

class JudgeTryTest : public testing::Test {
 protected:
  JudgeTryTest() {
    plan_.listens["fe2"] = {12000};
    reports_["fe2"][12000].set_listening(true);
  }

  // "reached", "not reached", or "nothing" where it proves nothing.
  std::string Judge(plan::v1::ProbeVerdict verdict, const std::string& to = "fe2",
                    uint32_t port = 12000) const {
    PortReach attempt;
    attempt.set_from("fe1");
    attempt.set_to(to);
    attempt.set_port(port);
    agent::v1::ProbeResult result;
    result.set_verdict(verdict);
    result.set_detail("the system's words");
    const std::optional<PortReach> judged = JudgeTry(plan_, reports_, attempt, result);
    if (!judged.has_value()) return "nothing";
    EXPECT_EQ(judged->detail(), "the system's words");
    return judged->reached() ? "reached" : "not reached";
  }

  ReachPlan plan_;
  ListenReports reports_;
};

TEST_F(JudgeTryTest, WhereSomethingListensOnlyAConnectionIsGood) {
  EXPECT_EQ(Judge(plan::v1::ACCEPTS), "reached");
  EXPECT_EQ(Judge(plan::v1::SILENT), "not reached");
  EXPECT_EQ(Judge(plan::v1::REFUSES), "not reached");
  EXPECT_EQ(Judge(plan::v1::PROBE_VERDICT_UNSPECIFIED), "not reached");
}

TEST_F(JudgeTryTest, WhereNobodyKnowsARefusalProvesNothing) {
  EXPECT_EQ(Judge(plan::v1::ACCEPTS, "fe3"), "reached");
  EXPECT_EQ(Judge(plan::v1::SILENT, "fe3"), "not reached");
  EXPECT_EQ(Judge(plan::v1::REFUSES, "fe3"), "nothing");
}

TEST_F(JudgeTryTest, ADatabaseThatRefusesIsNotReached) {
  EXPECT_EQ(Judge(plan::v1::REFUSES, "", 1433), "not reached");
}

TEST_F(JudgeTryTest, WithoutItsListenerATryProvesNothing) {
  reports_["fe2"][12000].set_listening(false);
  EXPECT_EQ(Judge(plan::v1::SILENT), "nothing");
  reports_["fe2"].clear();
  EXPECT_EQ(Judge(plan::v1::SILENT), "nothing");
  reports_.clear();
  EXPECT_EQ(Judge(plan::v1::ACCEPTS), "nothing");
}

TEST_F(JudgeTryTest, APortThatNothingCanListenOnIsTold) {
  const Farm farm = MakeFarm();
  const ObservedFarm observed(farm.file, farm.observation);
  EXPECT_THAT(JudgeListens(observed, reports_), IsEmpty());
  reports_["fe2"][12000].set_listening(false);
  reports_["fe2"][12000].set_detail("listen on 0.0.0.0 port 12000: Address already in use");
  const std::vector<PortReach> failed = JudgeListens(observed, reports_);
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].from(), "fe2");
  EXPECT_EQ(failed[0].to(), "fe2");
  EXPECT_EQ(failed[0].address(), "10.0.0.12");
  EXPECT_EQ(failed[0].port(), 12000U);
  EXPECT_FALSE(failed[0].reached());
  EXPECT_EQ(failed[0].detail(), "listen on 0.0.0.0 port 12000: Address already in use");
}

}  // namespace
}  // namespace baton
