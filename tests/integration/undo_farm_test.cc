// Moves that stop, and the runs that take them back or go back later, on real processes: looked at
// from outside, without asking Baton.

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/integration/live_farm.h"
#include "tests/support/status_matchers.h"

namespace baton {
namespace {

using rehearse::SeenFarm;
using rehearse::SeenHost;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Services and every byte of the files are as they were.
void ExpectAsBefore(const SeenFarm& before, const SeenFarm& after) {
  for (const auto& [name, was] : before.hosts) {
    SCOPED_TRACE(name);
    const SeenHost& is = after.hosts.at(name);
    EXPECT_EQ(is.settings, was.settings);
    for (const auto& [service, state] : was.services) {
      SCOPED_TRACE(service);
      EXPECT_EQ(is.services.at(service).state, state.state);
      EXPECT_EQ(is.services.at(service).startup_type, state.startup_type);
      EXPECT_EQ(is.services.at(service).ports, state.ports);
    }
  }
  EXPECT_THAT(after.events, Not(Contains(HasSubstr("split-brain"))));
}

class UndoTest : public testing::Test {
 protected:
  CommandEnd Undo(const std::string& run) {
    return farm_.Baton({"undo", run, "--reason", "the disk is full", "--yes", "fe1"});
  }

  LiveFarm farm_{3};
};

TEST_F(UndoTest, AMoveThatFailedInTheMiddleIsTakenBack) {
  SeenFarm before = farm_.Look();
  // fe2 and fe1 are repointed, fe3 is written and not applied.
  ASSERT_OK(farm_.lab().Inject({"fe3", "apply-configuration", "fail 3"}));
  const CommandEnd move = farm_.Move("fe2");
  ASSERT_EQ(move.exit_code, 11) << move.output;
  const std::string run = RunIn(move.output);
  EXPECT_THAT(move.output, HasSubstr(absl::StrCat("undo ", run, " --reason")));
  EXPECT_EQ(farm_.Look().hosts.at("fe2").services.at("controller").state, "running");
  EXPECT_THAT(farm_.Baton({"failback", run, "--reason", "why", "--yes", "fe1"}).output,
              HasSubstr("or undo it with baton undo"));

  ASSERT_OK(farm_.lab().Inject({"fe3", "apply-configuration", ""}));
  // What somebody writes meanwhile stays: there the values alone are taken back.
  const auto edited = [](const std::string& settings) {
    return absl::StrReplaceAll(settings,
                               {{"<WeeksToKeep>4</WeeksToKeep>", "<WeeksToKeep>5</WeeksToKeep>"}});
  };
  const std::string now = farm_.Look().hosts.at("fe2").settings;
  ASSERT_NE(edited(now), now);
  std::ofstream(farm_.Host("fe2").state + "/server.hsconf", std::ios::trunc) << edited(now);
  before.hosts.at("fe2").settings = edited(before.hosts.at("fe2").settings);
  const CommandEnd undo = Undo(run);
  ASSERT_EQ(undo.exit_code, 0) << undo.output;
  EXPECT_THAT(undo.output, AllOf(HasSubstr(absl::StrCat("undo of run ", run)),
                                 HasSubstr("restore/fe3/file"), HasSubstr("restore/fe2/rewrite")));
  ExpectAsBefore(before, farm_.Look());

  EXPECT_THAT(farm_.Baton({"runs", "show", run}).output,
              AllOf(HasSubstr("stopped: undone by run-"), Not(HasSubstr("baton undo"))));
  EXPECT_THAT(farm_.Baton({"runs", "list"}).output, HasSubstr(absl::StrCat("undoes ", run)));
  EXPECT_THAT(farm_.Baton({"status"}).output, HasSubstr("fe1 has the Deployment Controller"));
  EXPECT_THAT(Undo(run).output, HasSubstr("undid it already"));
  // The farm is as it was: the same move can be made now, and its way back.
  const SeenFarm again = farm_.Look();
  EXPECT_EQ(farm_.Move("fe2").exit_code, 0);
  farm_.ExpectMoved(again, "fe2");
}

TEST_F(UndoTest, ARunThatIsCancelledBeforeAnythingIsAppliedLeavesEveryByte) {
  const SeenFarm before = farm_.Look();
  ASSERT_OK(farm_.lab().Inject({"fe1", "stop-controller", "fail 5"}));
  const CommandEnd move = farm_.Move("fe2");
  ASSERT_EQ(move.exit_code, 11) << move.output;
  const std::string run = RunIn(move.output);
  EXPECT_EQ(farm_.Baton({"cancel", run, "--reason", "wrong host"}).exit_code, 0);
  EXPECT_EQ(farm_.Baton({"runs", "watch", run}).exit_code, 11);
  ASSERT_OK(farm_.lab().Inject({"fe1", "stop-controller", ""}));
  const CommandEnd undo = Undo(run);
  ASSERT_EQ(undo.exit_code, 0) << undo.output;
  ExpectAsBefore(before, farm_.Look());
  for (const std::string& each : {run, RunIn(undo.output)}) {
    const CommandEnd replay = farm_.Baton({"replay", each});
    EXPECT_EQ(replay.exit_code, 0) << replay.output;
  }
  EXPECT_THAT(farm_.Baton({"runs", "show", run}).output,
              AllOf(HasSubstr("cancelled: "), HasSubstr("undone by run-")));
}

TEST_F(UndoTest, AMoveThatSucceededIsFailedBackFrom) {
  const CommandEnd move = farm_.Move("fe2");
  ASSERT_EQ(move.exit_code, 0) << move.output;
  const std::string run = RunIn(move.output);
  const CommandEnd undo = Undo(run);
  EXPECT_EQ(undo.exit_code, 10) << undo.output;
  EXPECT_THAT(undo.output, HasSubstr(absl::StrCat("go back with baton failback ", run)));
  const SeenFarm before = farm_.Look();
  const CommandEnd failback =
      farm_.Baton({"failback", run, "--reason", "fe1 is repaired", "--yes", "fe1"});
  EXPECT_EQ(failback.exit_code, 0) << failback.output;
  farm_.ExpectMoved(before, "fe1");
  EXPECT_THAT(farm_.Baton({"runs", "list"}).output,
              HasSubstr(absl::StrCat("fails back from ", run)));
}

}  // namespace
}  // namespace baton
