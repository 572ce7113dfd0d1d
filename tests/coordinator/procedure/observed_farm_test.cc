#include "coordinator/procedure/observed_farm.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/farm_builder.h"

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Who has the Deployment Controller in a farm; an empty host where it cannot be said.
struct Row {
  const char* name;
  void (*change)(Farm& farm);
  const char* host;
  const char* reason;
};

void Assign(Farm& farm, const char* host, const char* controller, uint64_t epoch,
            plan::v1::AssignmentState state) {
  plan::v1::Assignment& assignment = *farm.Host(host).mutable_assignment();
  assignment.set_controller(controller);
  assignment.set_epoch(epoch);
  assignment.set_state(state);
}

void DisableOnFe1(Farm& farm) {
  farm.Service("fe1", plan::v1::CONTROLLER).set_startup_type(plan::v1::DISABLED);
}

const Row kRows[] = {
    {"NeverMoved", [](Farm& /*farm*/) {}, "fe1",
     "not disabled on fe1, and the hosts' controller.host is 10.0.0.11"},
    {"StoppedButEnabled",
     [](Farm& farm) { farm.Service("fe1", plan::v1::CONTROLLER).set_run_state(plan::v1::STOPPED); },
     "fe1", "not disabled on fe1"},
    {"EnabledNowhere", DisableOnFe1, "", "disabled on every host that answered"},
    {"EnabledTwice",
     [](Farm& farm) {
       farm.Service("fe3", plan::v1::CONTROLLER).set_startup_type(plan::v1::AUTOMATIC);
     },
     "", "not disabled on fe1 and fe3"},
    {"HostsDisagree",
     [](Farm& farm) { farm.Setting("fe3", plan::v1::CONTROLLER_HOST).set_value("10.0.0.13"); }, "",
     "controller.host is 10.0.0.11 and 10.0.0.13"},
    {"HostsNameAnother",
     [](Farm& farm) {
       for (const char* host : {"fe1", "fe2", "fe3"}) {
         farm.Setting(host, plan::v1::CONTROLLER_HOST).set_value("10.0.0.13");
       }
     },
     "", "controller.host is 10.0.0.13"},
    {"AHostIsSilent", [](Farm& farm) { farm.Silence("fe3"); }, "",
     "controller.host is 10.0.0.11, and not known on fe3"},
    {"Assigned", [](Farm& farm) { Assign(farm, "fe2", "fe3", 4, plan::v1::HELD); }, "fe3",
     "the assignment of epoch 4 says so"},
    {"TheNewestAssignmentWins",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe1", 3, plan::v1::HELD);
       Assign(farm, "fe2", "fe3", 4, plan::v1::HELD);
       Assign(farm, "fe3", "fe2", 2, plan::v1::HELD);
     },
     "fe3", "epoch 4"},
    {"HeldWinsOverMovingOfTheSameEpoch",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe3", 4, plan::v1::HELD);
       Assign(farm, "fe2", "fe3", 4, plan::v1::MOVING);
     },
     "fe3", "epoch 4"},
    {"ANewerMoveIsNotFinished",
     [](Farm& farm) {
       Assign(farm, "fe1", "fe3", 4, plan::v1::HELD);
       Assign(farm, "fe2", "fe2", 5, plan::v1::MOVING);
     },
     "", "began to move the Deployment Controller to fe2 and did not finish"},
    {"AssignedToAStranger", [](Farm& farm) { Assign(farm, "fe2", "fe9", 4, plan::v1::HELD); }, "",
     "names fe9, which is not in the farm file"},
};

class Verdicts : public testing::TestWithParam<Row> {};

TEST_P(Verdicts, SayWhoHasTheController) {
  Farm farm = MakeFarm();
  GetParam().change(farm);
  const ControllerVerdict verdict = FindController(ObservedFarm(farm.file, farm.observation));
  EXPECT_EQ(verdict.host, GetParam().host);
  EXPECT_THAT(verdict.reason, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(, Verdicts, testing::ValuesIn(kRows),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ObservedFarm, FindsWhatIsThere) {
  Farm farm = MakeFarm();
  farm.Silence("fe3");
  farm.Service("fe2", plan::v1::SCHEDULER).set_run_state(plan::v1::ABSENT);
  const ObservedFarm observed(farm.file, farm.observation);
  EXPECT_EQ(observed.Find("fe9"), nullptr);
  EXPECT_NE(observed.Find("fe3"), nullptr);
  EXPECT_EQ(observed.State("fe3"), nullptr);
  EXPECT_EQ(observed.State("fe1")->name(), "fe1");
  EXPECT_EQ(observed.Service("fe1", plan::v1::CONTROLLER)->run_state(), plan::v1::RUNNING);
  EXPECT_EQ(observed.Service("fe2", plan::v1::SCHEDULER), nullptr);
  EXPECT_EQ(observed.Service("fe3", plan::v1::CONTROLLER), nullptr);
  EXPECT_EQ(observed.Setting("fe1", plan::v1::CONTROLLER_HOST), "10.0.0.11");
  EXPECT_EQ(observed.Setting("fe1", plan::v1::CACHE_TLS), "");
  EXPECT_EQ(observed.Setting("fe3", plan::v1::CONTROLLER_HOST), "");
  EXPECT_EQ(observed.NewestAssignment().epoch(), 0U);
  EXPECT_THAT(observed.HostsRunning(plan::v1::DEPLOYMENT), ElementsAre("fe1", "fe2"));
  EXPECT_THAT(observed.HostsRunning(plan::v1::CACHE), IsEmpty());
}

TEST(ObservedFarm, TellsTheGroupByTheScheduler) {
  const struct {
    plan::v1::RunState run_state;
    plan::v1::StartupType startup_type;
    plan::v1::Group group;
  } kSchedulers[] = {
      {plan::v1::RUNNING, plan::v1::AUTOMATIC, plan::v1::GROUP_ACTIVE},
      {plan::v1::STARTING, plan::v1::AUTOMATIC, plan::v1::GROUP_ACTIVE},
      {plan::v1::RUNNING, plan::v1::MANUAL, plan::v1::GROUP_ACTIVE},
      {plan::v1::STOPPED, plan::v1::DISABLED, plan::v1::GROUP_PASSIVE},
      {plan::v1::RUNNING, plan::v1::DISABLED, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::STOPPING, plan::v1::DISABLED, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::STOPPED, plan::v1::AUTOMATIC, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::STOPPED, plan::v1::MANUAL, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::FAILED, plan::v1::AUTOMATIC, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::RUNNING, plan::v1::STARTUP_TYPE_UNSPECIFIED, plan::v1::GROUP_UNSPECIFIED},
      {plan::v1::ABSENT, plan::v1::DISABLED, plan::v1::GROUP_UNSPECIFIED},
  };
  Farm farm = MakeFarm({2, true});
  const ObservedFarm observed(farm.file, farm.observation);
  for (const auto& row : kSchedulers) {
    farm.Service("fe2", plan::v1::SCHEDULER) =
        ServiceAs(plan::v1::SCHEDULER, row.run_state, row.startup_type);
    EXPECT_EQ(observed.GroupOf("fe2"), row.group) << plan::v1::RunState_Name(row.run_state) << " "
                                                  << plan::v1::StartupType_Name(row.startup_type);
  }
  EXPECT_EQ(observed.GroupOf("dc1"), plan::v1::GROUP_UNSPECIFIED) << "no front-end";
}

}  // namespace
}  // namespace baton
