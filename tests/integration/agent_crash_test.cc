// A move with agents killed before, during and after each kind of step, and started again: the same
// end and no tool twice, or a run that is paused where nobody can know.

#include <csignal>
#include <deque>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A step of each kind on fe2, in the order of a move to it.
constexpr const char* kSteps[] = {
    "promote/fe2/automatic-controller",  // a startup type
    "promote/fe2/assign-moving",         // an assignment
    "repoint/fe2/rewrite",               // a rewrite
    "repoint/fe2/apply",                 // a tool
    "repoint/fe2/stop-deployment",       // a stop
    "repoint/fe2/start-deployment",      // a start
};

// Before the agent knows of the operation; before it answers; between the act and its log; between
// the log and the act.
constexpr const char* kPlaces[] = {"accepted before", "ended after", "ended before",
                                   "accepted after"};

// Moves the role to fe2 on a new farm, with fe2's agent killed at `points` one after the other.
void MoveWithCrashes(std::deque<std::string> points) {
  LiveFarm farm(2);
  farm.SetAgentCrash("fe2", points.front());
  farm.Restart("agent-fe2");
  const rehearse::SeenFarm before = farm.Look();
  farm.BeginMove("fe2");
  const CommandEnd end = farm.Finish([&farm, &points](const std::string& daemon) {
    ASSERT_EQ(daemon, "agent-fe2");
    ASSERT_FALSE(points.empty());
    points.pop_front();
    farm.SetAgentCrash("fe2", points.empty() ? "" : points.front());
  });
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_TRUE(points.empty()) << "the agent did not die at " << points.front() << "\n"
                              << end.output;
  farm.ExpectMoved(before, "fe2");
}

// A short test kills at one place of each step, a long one at each place of each step.
TEST(AgentCrashTest, AtEveryKindOfStepChangesNothing) {
  for (size_t first = 0; first < (LongTests() ? std::size(kPlaces) : 1); ++first) {
    SCOPED_TRACE(kPlaces[first]);
    std::deque<std::string> points;
    for (size_t i = 0; i < std::size(kSteps); ++i) {
      points.push_back(absl::StrCat(kSteps[i], " ", kPlaces[(first + i) % std::size(kPlaces)]));
    }
    MoveWithCrashes(std::move(points));
  }
}

// Kills the one process whose command line holds all `words`.
void KillTheOne(const std::vector<std::string>& words) {
  const std::vector<int> pids = FindProcesses(words);
  ASSERT_EQ(pids.size(), 1U) << words.front();
  EXPECT_EQ(kill(pids.front(), SIGKILL), 0);
}

class ToolCrashTest : public testing::Test {
 protected:
  // Starts a move to fe2 and returns once `tool` runs there, which takes it seconds.
  void BeginMoveUntil(const std::string& tool) {
    ASSERT_OK(farm_.lab().Inject({"fe2", tool, "slow 2"}));
    farm_.BeginMove("fe2");
    farm_.AwaitEvent(absl::StrCat("tool-started ", tool, " fe2"), 0);
  }

  LiveFarm farm_{2};
  const rehearse::SeenFarm before_ = farm_.Look();
};

TEST_F(ToolCrashTest, AToolGoesOnAndTheNextAgentAttachesToIt) {
  BeginMoveUntil("install-service-center");
  farm_.Stop("agent-fe2", SIGKILL);
  farm_.Start("agent-fe2");
  const CommandEnd end = farm_.Finish();
  EXPECT_EQ(end.exit_code, 0) << end.output;
  farm_.ExpectMoved(before_, "fe2");
}

TEST_F(ToolCrashTest, WhereToolAndSupervisorDieAsWellAPersonDecides) {
  BeginMoveUntil("install-service-center");
  farm_.Stop("agent-fe2", SIGKILL);
  KillTheOne({"supervise", farm_.Host("fe2").agent});
  KillTheOne({"/InstallServiceCenter", farm_.Host("fe2").state});
  farm_.Start("agent-fe2");
  const CommandEnd end = farm_.Finish();
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output, AllOf(HasSubstr("service-center/fe2/install"), HasSubstr("interrupted"),
                                HasSubstr("--retry")));
  EXPECT_EQ(farm_.Count("tool-started install-service-center fe2"), 1U);

  ASSERT_OK(farm_.lab().Inject({"fe2", "install-service-center", "slow 0"}));
  const CommandEnd resumed = farm_.Baton(
      {"resume", RunIn(end.output), "--retry", "--reason", "nothing of it is left running"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.output;
  EXPECT_EQ(farm_.Count("tool-started install-service-center fe2"), 2U);
}

TEST_F(ToolCrashTest, AToolThatIsNotRepeatableIsNotStartedByTheNextAgent) {
  farm_.SetAgentCrash("fe2", "service-center/fe2/install accepted after");
  farm_.Restart("agent-fe2");
  farm_.BeginMove("fe2");
  const CommandEnd end =
      farm_.Finish([this](const std::string& /*daemon*/) { farm_.SetAgentCrash("fe2", ""); });
  EXPECT_EQ(end.exit_code, 11) << end.output;
  EXPECT_THAT(end.output, HasSubstr("interrupted"));
  EXPECT_EQ(farm_.Count("tool-started install-service-center fe2"), 0U);
}

}  // namespace
}  // namespace baton
