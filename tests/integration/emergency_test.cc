// Servers that die, on real processes: moves that do without them, what they owe, and what becomes
// of them when they are back. Looked at from outside, without asking Baton.

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExclude[] = "exclude-lost/@coordinator/exclude";

class EmergencyTest : public testing::Test {
 protected:
  // A move of Deployment Controller and cache to fe2 that does without fe1, which has both.
  CommandEnd MoveWithout(const std::string& policy) {
    return farm_.Baton({"run", "move-controller-and-cache", "--to", "fe2", "--emergency", "--lost",
                        "fe1", "--on-lost", absl::StrCat("fe1=", policy), "--reason", "fe1 burnt",
                        "--yes", "fe2"});
  }

  // The person who disabled the lost server in Service Center says so; the run goes on to its end.
  CommandEnd Excluded(const std::string& run) {
    EXPECT_EQ(farm_.Baton({"approve", run, kExclude, "--reason", "disabled there"}).exit_code, 0);
    return farm_.Baton({"runs", "watch", run});
  }

  // The Baton coordinator may not have found out yet that the host is back.
  CommandEnd Pay(const std::string& host) {
    CommandEnd end;
    for (int tries = 0; tries < 50; ++tries) {
      end = farm_.Baton({"debts", "pay", host, "--reason", "it is repaired", "--yes", host});
      if (!absl::StrContains(end.output, "agent-unreachable")) break;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return end;
  }

  std::string State(const std::string& host, const std::string& service) {
    const rehearse::SeenFarm farm = farm_.Look();
    const rehearse::SeenService& seen = farm.hosts.at(host).services.at(service);
    return absl::StrCat(seen.state, " ", seen.startup_type);
  }

  LiveFarm farm_{4};
};

TEST_F(EmergencyTest, ADeadControllerIsDoneWithoutAndPaysWhenItIsBack) {
  farm_.PowerOff("fe1");
  // Nothing moves away from a host that is silent unless somebody says so.
  const CommandEnd planned = farm_.Move("fe2");
  EXPECT_EQ(planned.exit_code, 10) << planned.output;
  EXPECT_THAT(planned.output, HasSubstr("agent-unreachable"));
  const CommandEnd blocked = MoveWithout("block");
  EXPECT_EQ(blocked.exit_code, 10) << blocked.output;
  EXPECT_THAT(blocked.output, HasSubstr("lost-host-blocks"));

  const CommandEnd waits = MoveWithout("owe");
  ASSERT_EQ(waits.exit_code, 12) << waits.output;
  const std::string run = RunIn(waits.output);
  const CommandEnd end = Excluded(run);
  ASSERT_EQ(end.exit_code, 0) << end.output;
  EXPECT_THAT(farm_.Baton({"debts"}).output,
              AllOf(HasSubstr("fe1"), HasSubstr("stop and disable")));
  EXPECT_THAT(farm_.Baton({"status"}).output, HasSubstr("fe1"));
  EXPECT_EQ(farm_.Baton({"replay", run}).exit_code, 0);

  // Its disk still says automatic.
  farm_.PowerOn("fe1");
  EXPECT_EQ(State("fe2", "controller"), "running automatic");
  EXPECT_EQ(farm_.Look().hosts.at("fe4").controller_host, farm_.Host("fe2").address);
  EXPECT_EQ(State("fe1", "controller"), "running automatic");
  const CommandEnd paid = Pay("fe1");
  ASSERT_EQ(paid.exit_code, 0) << paid.output;
  EXPECT_EQ(State("fe1", "controller"), "stopped disabled");
  EXPECT_EQ(State("fe1", "cache"), "stopped disabled");
  EXPECT_EQ(farm_.Look().hosts.at("fe1").controller_host, farm_.Host("fe2").address);
  EXPECT_THAT(farm_.Baton({"debts"}).output, Not(HasSubstr("fe1:")));
  EXPECT_EQ(farm_.Baton({"replay"}).exit_code, 0);
}

TEST_F(EmergencyTest, AControllerThatOthersSeeIsNotDoneWithout) {
  farm_.Stop("agent-fe1", SIGKILL);  // and its platform runs on
  for (const char* policy : {"block", "owe"}) {
    const CommandEnd end = MoveWithout(policy);
    EXPECT_EQ(end.exit_code, 10) << end.output;
    EXPECT_THAT(end.output, HasSubstr("witness-sees-controller"));
  }
  EXPECT_EQ(State("fe2", "controller"), "stopped disabled");
}

TEST_F(EmergencyTest, WhatIsOwedSurvivesTheBatonCoordinator) {
  farm_.PowerOff("fe1");
  const CommandEnd waits = MoveWithout("owe");
  ASSERT_EQ(waits.exit_code, 12) << waits.output;
  farm_.Stop("coordinator", SIGKILL);
  farm_.Start("coordinator");
  EXPECT_THAT(farm_.Baton({"debts"}).output,
              AllOf(HasSubstr("fe1"), HasSubstr("stop and disable")));
  const CommandEnd end = Excluded(RunIn(waits.output));
  EXPECT_EQ(end.exit_code, 0) << end.output;
}

TEST_F(EmergencyTest, AFrontEndThatDiesInTheMiddleIsGoneOnWithout) {
  ASSERT_OK(farm_.lab().Inject({"fe4", "apply-configuration", "fail 3"}));
  const CommandEnd move = farm_.Move("fe2");
  ASSERT_EQ(move.exit_code, 11) << move.output;
  const std::string run = RunIn(move.output);
  EXPECT_THAT(move.output, HasSubstr(absl::StrCat("resume ", run, " --owe fe4 --reason")));
  farm_.PowerOff("fe4");
  EXPECT_EQ(farm_.Baton({"resume", run, "--owe", "fe2", "--reason", "why"}).exit_code, 2);
  const CommandEnd resumed =
      farm_.Baton({"resume", run, "--owe", "fe4", "--reason", "its disk died"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_THAT(farm_.Baton({"debts"}).output, AllOf(HasSubstr("fe4"), HasSubstr("its disk died")));

  ASSERT_OK(farm_.lab().Remove({"fe4", "apply-configuration", ""}));
  farm_.PowerOn("fe4");
  EXPECT_EQ(farm_.Look().hosts.at("fe3").controller_host, farm_.Host("fe2").address);
  const CommandEnd paid = Pay("fe4");
  EXPECT_EQ(paid.exit_code, 0) << paid.output;
  EXPECT_EQ(farm_.Look().hosts.at("fe4").controller_host, farm_.Host("fe2").address);
}

}  // namespace
}  // namespace baton
