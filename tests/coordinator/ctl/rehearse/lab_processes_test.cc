#include "coordinator/ctl/rehearse/lab_processes.h"

#include <signal.h>

#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/process/process_identity.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton::rehearse {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

class LabProcessesTest : public testing::Test {
 protected:
  // Whether a file has been written to.
  bool Wrote(const std::string& name) { return !ReadWord(name).empty(); }

  std::string ReadWord(const std::string& name) {
    std::ifstream file(folder_ / name);
    std::string word;
    file >> word;
    return word;
  }

  TempFolder folder_;
  WaitLimit limit_{absl::Now() + absl::Minutes(1)};
};

TEST_F(LabProcessesTest, WaitsUntilAProcessIsReadyAndStopsIt) {
  LabProcesses processes(folder_.path());
  ASSERT_OK(
      processes.Start("one", Shell("trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done")));
  EXPECT_OK(processes.WaitUntilReady(
      "one", [this] { return Wrote("one.log"); }, limit_));
  EXPECT_OK(processes.StopAll());
}

TEST_F(LabProcessesTest, SaysWhatAProcessWroteThatEndedTooEarly) {
  LabProcesses processes(folder_.path());
  ASSERT_OK(processes.Start("one", Shell("echo first; echo the port is taken; exit 3")));
  EXPECT_THAT(processes.WaitUntilReady(
                  "one", [] { return false; }, limit_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("the port is taken")));
  EXPECT_THAT(processes.StopAll(),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("one ended before it was told to: it exited with 3")));
}

TEST_F(LabProcessesTest, RunsAProcessToItsEnd) {
  LabProcesses processes(folder_.path());
  EXPECT_OK(processes.Run("good", Shell("exit 0"), limit_));
  EXPECT_THAT(processes.Run("bad", Shell("echo no such folder; exit 1"), limit_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("bad exited with 1: no such folder")));
  EXPECT_OK(processes.StopAll());
}

TEST_F(LabProcessesTest, WaitsNoLongerThanItsLimit) {
  LabProcesses processes(folder_.path());
  WaitLimit interrupted;
  interrupted.interrupted = [] { return true; };
  EXPECT_THAT(processes.Run("long", Shell("exec sleep 600"), interrupted),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  WaitLimit late;
  late.deadline = absl::InfinitePast();
  EXPECT_THAT(processes.WaitUntilReady(
                  "long", [] { return false; }, late),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("the time is up")));
}

TEST_F(LabProcessesTest, AProcessThatWasKilledCanBeStartedAgain) {
  LabProcesses processes(folder_.path());
  ASSERT_OK(processes.Start("one", Shell("exec sleep 600")));
  EXPECT_THAT(processes.Await("one", absl::ZeroDuration()),
              StatusIs(absl::StatusCode::kDeadlineExceeded, testing::_));
  ASSERT_OK(processes.Signal("one", SIGKILL));
  ASSERT_OK_AND_ASSIGN(const ProcessExit end, processes.Await("one", absl::Minutes(1)));
  EXPECT_EQ(end.signal, SIGKILL);
  EXPECT_THAT(processes.Signal("one", SIGKILL),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("the lab runs no one")));
  EXPECT_OK(processes.Start("one", Shell("exit 3")));
  ASSERT_OK_AND_ASSIGN(const ProcessExit second, processes.Await("one", absl::Minutes(1)));
  EXPECT_EQ(second.code, 3);
}

TEST_F(LabProcessesTest, TellsWhichProcessHasAName) {
  LabProcesses processes(folder_.path());
  ASSERT_OK(processes.Start("one", Shell("echo $$; exec sleep 600")));
  ASSERT_OK(processes.WaitUntilReady(
      "one", [this] { return Wrote("one.log"); }, limit_));
  ASSERT_OK_AND_ASSIGN(const ProcessIdentity identity, processes.Identify("one"));
  EXPECT_EQ(absl::StrCat(identity.pid), ReadWord("one.log"));
  EXPECT_THAT(processes.Identify("two"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("the lab runs no two")));
}

TEST_F(LabProcessesTest, LeavesNoOrphan) {
  absl::StatusOr<ProcessIdentity> orphan = absl::UnknownError("not started");
  {
    LabProcesses processes(folder_.path());
    // A supervisor detaches itself like this from its agent.
    const std::string script =
        absl::StrCat("setsid sh -c 'echo $$ >", folder_ / "pid", "; exec sleep 600' & wait");
    ASSERT_OK(processes.Start("one", Shell(script)));
    ASSERT_OK(processes.WaitUntilReady(
        "one", [this] { return Wrote("pid"); }, limit_));
    int64_t pid = 0;
    ASSERT_TRUE(absl::SimpleAtoi(ReadWord("pid"), &pid));
    orphan = IdentifyProcess(pid);
    ASSERT_OK(orphan.status());
  }
  const absl::StatusOr<bool> alive = IsAlive(*orphan);
  EXPECT_TRUE(absl::IsNotFound(alive.status()) || (alive.ok() && !*alive)) << alive.status();
}

}  // namespace
}  // namespace baton::rehearse
