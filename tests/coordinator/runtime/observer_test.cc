#include "coordinator/runtime/observer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/fake_hook_runner.h"
#include "tests/support/fake_time.h"
#include "tests/support/farm_builder.h"
#include "tests/support/scripted_agents.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// fe1 of three hosts is silent.
class ObserverTest : public testing::Test {
 protected:
  ObserverTest() {
    for (const char* host : {"fe2", "fe3"}) agents_.hosts[host] = farm_.Host(host);
  }

  static std::vector<plan::v1::Debt> Debts() {
    std::vector<plan::v1::Debt> debts;
    for (const char* host : {"gone", "fe3", "fe1"}) debts.emplace_back().set_host(host);
    return debts;
  }

  static plan::v1::ProcedureRequest Move() {
    plan::v1::ProcedureRequest request;
    request.set_procedure(plan::v1::MOVE_CONTROLLER);
    request.set_to("fe2");
    return request;
  }

  Farm farm_ = MakeFarm({3, false});
  ScriptedAgents agents_;
  FakeTime time_;
  FakeHookRunner hooks_;
  const SecretStore secrets_{farm_.file.secrets, PosixFileSystem(), ProcessEnvironment()};
  const LicenseStore licenses_{farm_.file.licenses, PosixFileSystem()};
  Observer observer_{farm_.file, agents_, secrets_, licenses_, hooks_, time_, {}, Debts};
};

TEST_F(ObserverTest, TellsDebtsInTheFarmFilesOrder) {
  std::vector<std::string> hosts;
  const plan::v1::Observation observation = observer_.Observe();
  for (const plan::v1::Debt& debt : observation.debts()) hosts.push_back(debt.host());
  EXPECT_THAT(hosts, ElementsAre("fe1", "fe3", "gone"));
  EXPECT_THAT(observation.sightings(), IsEmpty());
  EXPECT_THAT(agents_.calls(), IsEmpty());
}

TEST_F(ObserverTest, LetsThoseThatAnswerLookForTheOneThatDoesNot) {
  const plan::v1::Observation observation = observer_.ObserveWithWitnesses({});
  EXPECT_EQ(observation.sightings_size(), 8);
  EXPECT_EQ(observation.sightings(0).verdict(), plan::v1::ACCEPTS);
  EXPECT_THAT(observation.reach(), IsEmpty());
}

TEST_F(ObserverTest, DoesSoBeforeARunAsWell) {
  const plan::v1::Observation observation = observer_.ObserveFor(Move());
  EXPECT_EQ(observation.sightings_size(), 8);
  EXPECT_GT(observation.reach_size(), 0);
}

TEST_F(ObserverTest, LooksWhereNothingElseIsTried) {
  farm_.file.reach_timeout = absl::ZeroDuration();
  const plan::v1::Observation observation = observer_.ObserveFor(Move());
  EXPECT_EQ(observation.sightings_size(), 8);
  EXPECT_THAT(observation.reach(), IsEmpty());
}

}  // namespace
}  // namespace baton
