#include "coordinator/procedure/readiness.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Finding;

std::string Lines(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, finding.name(), " ", finding.host(), "\n");
  }
  return text;
}

std::string ReadinessOf(const Farm& farm,
                        plan::v1::Procedure procedure = plan::v1::PROCEDURE_UNSPECIFIED,
                        const std::string& to = "") {
  plan::v1::ProcedureRequest request;
  request.set_procedure(procedure);
  request.set_to(to);
  return Lines(FindReadiness(ObservedFarm(farm.file, farm.observation), request));
}

// fe3 lacks a tool for every move, fe2 one for the move of the cache, and fe3 stands by.
Farm HalfReadyFarm() {
  Farm farm = MakeFarm({3, false, "fe1"});
  farm.NameCachePassword();
  farm.StandBy("fe3");
  farm.Host("fe2").mutable_profile()->mutable_tools()->RemoveLast();
  farm.Service("fe3", plan::v1::CONTROLLER).set_run_state(plan::v1::ABSENT);
  farm.Host("fe3").mutable_facts()->set_state_free_bytes(0);
  return farm;
}

TEST(FindReadiness, IsEmptyForAHealthyFarm) {
  Farm farm = MakeFarm({4, false, "fe1"});
  farm.NameCachePassword();
  farm.StandBy("fe4");
  EXPECT_EQ(ReadinessOf(farm), "");
}

TEST(FindReadiness, LooksAtEveryCandidateAndEveryProcedure) {
  EXPECT_EQ(ReadinessOf(HalfReadyFarm()), "disk-space fe3\ntool-missing fe2\n");
}

TEST(FindReadiness, LooksAtOneCandidateOrProcedureAlone) {
  const Farm farm = HalfReadyFarm();
  EXPECT_EQ(ReadinessOf(farm, plan::v1::MOVE_CONTROLLER), "disk-space fe3\n");
  EXPECT_EQ(ReadinessOf(farm, plan::v1::MOVE_CONTROLLER, "fe3"),
            "service-missing fe3\ndisk-space fe3\n");
  EXPECT_EQ(ReadinessOf(farm, plan::v1::PROCEDURE_UNSPECIFIED, "fe1"),
            "already-controller fe1\ndisk-space fe3\ncache-already-there fe1\n");
  EXPECT_EQ(ReadinessOf(farm, plan::v1::ACTIVATE_PASSIVE), "disk-space fe3\n");
}

TEST(FindReadiness, LooksAtGroupsOnlyWhereAFrontEndIsPassive) {
  Farm farm = MakeFarm();
  farm.Service("fe1", plan::v1::CONTROLLER).set_initialization(plan::v1::NOT_INITIALIZED);
  EXPECT_EQ(ReadinessOf(farm), "");
  farm.StandBy("fe3");
  EXPECT_EQ(ReadinessOf(farm), "controller-down fe1\n");
}

TEST(FindStanding, LooksAtTheCacheWhereAHostHasIt) {
  Farm farm = MakeFarm({3, false, "fe1"});
  farm.NameCachePassword("no such file");
  EXPECT_EQ(Lines(FindStanding(ObservedFarm(farm.file, farm.observation))), "secret-unreadable \n");
  const Farm without = MakeFarm();
  EXPECT_EQ(Lines(FindStanding(ObservedFarm(without.file, without.observation))), "");
}

}  // namespace
}  // namespace baton
