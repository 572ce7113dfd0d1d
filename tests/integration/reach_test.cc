// What hosts reach of each other, tried on a farm that runs.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>

#include "baton/plan/v1/plan.pb.h"
#include "common/process/file_descriptor.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "tests/integration/live_farm.h"

namespace baton {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uint16_t kControllerPort = 12000;

// Has a port and does not listen on it.
FileDescriptor OccupyPort(const std::string& address, uint16_t port) {
  FileDescriptor descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  EXPECT_EQ(inet_pton(AF_INET, address.c_str(), &place.sin_addr), 1);
  EXPECT_EQ(bind(descriptor.get(), reinterpret_cast<sockaddr*>(&place), sizeof(place)), 0);
  return descriptor;
}

plan::v1::Plan ParsePlan(const std::string& json) {
  plan::v1::Plan plan;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &plan).ok()) << json;
  return plan;
}

class ReachTest : public testing::Test {
 protected:
  LiveFarm farm_{3};
};

// Agents listen where nothing does yet, and the run that comes right after finds the ports free.
TEST_F(ReachTest, EveryPortIsTriedAndIsFreeForTheRun) {
  const rehearse::SeenFarm before = farm_.Look();
  const CommandEnd check = farm_.Baton({"check"});
  EXPECT_EQ(check.exit_code, 0) << check.output;
  const CommandEnd plan =
      farm_.Baton({"plan", "move-controller", "--to", "fe2", "--format", "json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
  // Two ports of fe2 by three hosts, four of each other front-end by fe2, the database by three.
  const plan::v1::Observation observation = ParsePlan(plan.output).observation();
  EXPECT_EQ(observation.reach_size(), 2 * 3 + 4 * 2 + 3) << plan.output;
  for (const plan::v1::PortReach& attempt : observation.reach()) {
    EXPECT_TRUE(attempt.reached()) << attempt.DebugString();
  }
  const CommandEnd move = farm_.Move("fe2");
  EXPECT_EQ(move.exit_code, 0) << move.output;
  farm_.ExpectMoved(before, "fe2");
}

TEST_F(ReachTest, APortThatSomethingElseHasIsTold) {
  const FileDescriptor occupied = OccupyPort(farm_.Host("fe2").address, kControllerPort);
  const CommandEnd check = farm_.Baton({"check", "move-controller", "--to", "fe2"});
  EXPECT_EQ(check.exit_code, 10) << check.output;
  EXPECT_THAT(check.output, HasSubstr("port-not-reachable, fe2: nothing can listen on port 12000 "
                                      "of fe2: listen on"));
  EXPECT_THAT(check.output, HasSubstr("Address already in use (EADDRINUSE)"));
  const CommandEnd move = farm_.Move("fe2");
  EXPECT_EQ(move.exit_code, 10) << move.output;
  const CommandEnd other = farm_.Baton({"check", "move-controller", "--to", "fe3"});
  EXPECT_EQ(other.exit_code, 0) << other.output;
}

TEST_F(ReachTest, ADatabaseThatIsDownIsNoReasonToMove) {
  farm_.Stop("database", SIGKILL);
  const CommandEnd check = farm_.Baton({"check", "move-controller", "--to", "fe2"});
  EXPECT_EQ(check.exit_code, 10) << check.output;
  EXPECT_THAT(check.output, HasSubstr("database-unreachable: the database at"));
  EXPECT_THAT(check.output, HasSubstr("3 of 3 hosts do not reach it: moving the Deployment "
                                      "Controller will not help"));
}

// Its agent is gone, its Deployment Controller is not: the others see that.
TEST_F(ReachTest, AHostThatDoesNotAnswerIsLookedForByTheOthers) {
  EXPECT_THAT(farm_.Baton({"status"}).output, Not(HasSubstr("who sees hosts")));
  farm_.Stop("agent-fe1", SIGKILL);
  constexpr char kSeen[] = "fe1   refuses  accepts     accepts       fe2, fe3\n";
  EXPECT_THAT(farm_.Baton({"status"}).output, HasSubstr(kSeen));
  EXPECT_THAT(farm_.Baton({"check"}).output, HasSubstr(kSeen));
  EXPECT_THAT(farm_.Baton({"plan", "move-controller", "--to", "fe2"}).output, HasSubstr(kSeen));
  EXPECT_THAT(farm_.Baton({"debts"}).output, HasSubstr("no host owes anything"));
  const CommandEnd write_off = farm_.Baton({"debts", "write-off", "fe1", "--reason", "scrapped"});
  EXPECT_EQ(write_off.exit_code, 1) << write_off.output;
  EXPECT_THAT(write_off.output, HasSubstr("fe1 owes nothing"));
}

}  // namespace
}  // namespace baton
