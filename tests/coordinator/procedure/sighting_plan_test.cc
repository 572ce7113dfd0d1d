#include "coordinator/procedure/sighting_plan.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using plan::v1::Sighting;
using testing::ElementsAre;
using testing::IsEmpty;

plan::v1::ProcedureRequest Losing(const std::vector<std::string>& hosts,
                                  const std::string& to = "") {
  plan::v1::ProcedureRequest request;
  request.set_emergency(true);
  request.set_to(to);
  for (const std::string& host : hosts) request.add_lost()->set_host(host);
  return request;
}

std::vector<Sighting> PlanIn(const Farm& farm, const plan::v1::ProcedureRequest& request = {}) {
  return PlanSightings(ObservedFarm(farm.file, farm.observation), request);
}

// "fe2 > fe1 agent fe1.corp.example:7601", in the plan's order.
std::vector<std::string> Words(const std::vector<Sighting>& sightings) {
  const char* kinds[] = {"?", "agent", "controller", "application"};
  std::vector<std::string> words;
  for (const Sighting& s : sightings) {
    words.push_back(absl::StrCat(s.from(), " > ", s.host(), " ", kinds[s.kind()], " ", s.address(),
                                 ":", s.port()));
  }
  return words;
}

std::set<std::string> Sought(const std::vector<Sighting>& sightings) {
  std::set<std::string> hosts;
  for (const Sighting& s : sightings) hosts.insert(s.host());
  return hosts;
}

// In the order in which they look.
std::vector<std::string> Witnesses(const std::vector<Sighting>& sightings) {
  std::vector<std::string> hosts;
  for (const Sighting& s : sightings) {
    if (hosts.empty() || hosts.back() != s.from()) hosts.push_back(s.from());
  }
  return hosts;
}

TEST(PlanSightings, LetsEveryHostThatAnswersLookForTheOneThatDoesNot) {
  Farm farm = MakeFarm({3, false});
  farm.Silence("fe1");
  EXPECT_THAT(
      Words(PlanIn(farm)),
      ElementsAre("fe2 > fe1 agent fe1.corp.example:7601", "fe2 > fe1 controller 10.0.0.11:12000",
                  "fe2 > fe1 application 10.0.0.11:12001", "fe2 > fe1 application 10.0.0.11:12002",
                  "fe3 > fe1 agent fe1.corp.example:7601", "fe3 > fe1 controller 10.0.0.11:12000",
                  "fe3 > fe1 application 10.0.0.11:12001",
                  "fe3 > fe1 application 10.0.0.11:12002"));
}

TEST(PlanSightings, LooksForNobodyWhereEverybodyAnswers) {
  EXPECT_THAT(PlanIn(MakeFarm()), IsEmpty());
}

TEST(PlanSightings, LooksForALostHostThatAnswersByItsOwnPorts) {
  Farm farm = MakeFarm({2, false});
  farm.Profile("fe1", plan::v1::CONTROLLER).set_ports(0, 13000);
  const std::vector<std::string> words = Words(PlanIn(farm, Losing({"fe1"})));
  ASSERT_EQ(words.size(), 4U);
  EXPECT_EQ(words[1], "fe2 > fe1 controller 10.0.0.11:13000");
}

TEST(PlanSightings, TakesPortsFromTheFirstHostThatHasTheService) {
  Farm farm = MakeFarm({3, false});
  farm.Silence("fe1");
  farm.Profile("fe2", plan::v1::CONTROLLER).clear_ports();
  farm.Profile("fe3", plan::v1::CONTROLLER).set_ports(0, 13000);
  EXPECT_EQ(Words(PlanIn(farm))[1], "fe2 > fe1 controller 10.0.0.11:13000");
}

TEST(PlanSightings, AHostWithoutAnAgentIsLookedForOnlyIfItIsLost) {
  Farm farm = MakeFarm({2, false});
  farm.Silence("fe1");
  farm.Observed("fe1").set_no_agent(true);
  EXPECT_THAT(PlanIn(farm), IsEmpty());
  EXPECT_EQ(Words(PlanIn(farm, Losing({"fe1"}))).front(), "fe2 > fe1 controller 10.0.0.11:12000");
}

TEST(PlanSightings, NobodyLooksWhereNobodyAnswers) {
  Farm farm = MakeFarm({2, false});
  farm.Silence("fe1");
  farm.Silence("fe2");
  EXPECT_THAT(PlanIn(farm), IsEmpty());
}

TEST(PlanSightings, TheNewOneLooksFirstAndALostOneLast) {
  Farm farm = MakeFarm({4, false});
  farm.Silence("fe1");
  EXPECT_THAT(Witnesses(PlanIn(farm, Losing({"fe1", "fe2"}, "fe4"))),
              ElementsAre("fe4", "fe3", "fe2"));
}

TEST(PlanSightings, LeavesOutHostsBeyondTheLimits) {
  Farm farm = MakeFarm({100, false});
  farm.Host("fe2").mutable_assignment()->set_controller("fe25");
  farm.Host("fe2").mutable_assignment()->set_epoch(3);
  farm.Host("fe2").mutable_assignment()->set_state(plan::v1::HELD);
  for (int i = 3; i <= 30; ++i) farm.Silence(absl::StrCat("fe", i));
  const std::vector<Sighting> sightings = PlanIn(farm, Losing({"fe30"}, "fe100"));
  const std::set<std::string> sought = Sought(sightings);
  EXPECT_EQ(sought.size(), kSightedHostsMax);
  EXPECT_TRUE(sought.contains("fe30") && sought.contains("fe25") && sought.contains("fe3"));
  const std::vector<std::string> witnesses = Witnesses(sightings);
  EXPECT_EQ(witnesses.size(), kWitnessesMax);
  EXPECT_EQ(witnesses.front(), "fe100");
}

}  // namespace
}  // namespace baton
