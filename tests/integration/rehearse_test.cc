// Runs `baton rehearse`: the real programs, as a farm of processes on loopback.

#include <fcntl.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/process/file_descriptor.h"
#include "common/process/process.h"
#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace baton {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Minutes(5);

class RehearseTest : public testing::Test {
 protected:
  // Starts `baton rehearse PROCEDURE ARGUMENTS`, its output in a file.
  absl::StatusOr<Process> Start(const std::vector<std::string>& arguments,
                                const std::string& procedure = "move-controller") {
    std::filesystem::create_directory(labs());
    const FileDescriptor output(
        open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    ProcessCommand command;
    command.argv = {BATON_PROGRAM, "rehearse", procedure, "--junit", folder_ / "junit.xml"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = {absl::StrCat("TMPDIR=", labs())};
    command.output_fd = output.get();
    command.dies_with_parent = true;
    return Process::Spawn(command);
  }

  // Runs it to its end and returns its exit code.
  int Rehearse(const std::vector<std::string>& arguments,
               const std::string& procedure = "move-controller") {
    absl::StatusOr<Process> process = Start(arguments, procedure);
    EXPECT_OK(process.status());
    return process.ok() ? Finish(*process) : -1;
  }

  int Finish(Process& process) {
    EXPECT_OK(process.WaitForEnd(kPatience));
    const absl::StatusOr<ProcessExit> end = process.Collect();
    EXPECT_OK(end.status());
    return end.ok() && end->signal == 0 ? end->code : -1;
  }

  std::string Read(const std::string& name) {
    std::ifstream file(folder_ / name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string Output() { return Read("output"); }

  // The test cases of the report as "CLASS NAME", those that failed, or those that did not.
  std::vector<std::string> Cases(bool failed) {
    std::vector<std::string> cases;
    for (absl::string_view line : absl::StrSplit(Read("junit.xml"), '\n')) {
      line = absl::StripLeadingAsciiWhitespace(line);
      if (!absl::ConsumePrefix(&line, "<testcase classname=\"")) continue;
      const bool has_failure = !absl::EndsWith(line, "/>");
      const std::vector<absl::string_view> parts = absl::StrSplit(line, '"');
      if (has_failure == failed) cases.push_back(absl::StrCat(parts[0], " ", parts[2]));
    }
    return cases;
  }

  // Folders that rehearsals left.
  std::vector<std::string> LabFolders() {
    std::vector<std::string> folders;
    for (const auto& entry : std::filesystem::directory_iterator(labs())) {
      folders.push_back(entry.path().filename().string());
    }
    return folders;
  }

  std::string labs() const { return folder_ / "labs"; }

  TempFolder folder_;
};

TEST_F(RehearseTest, MovesTheDeploymentController) {
  EXPECT_EQ(Rehearse({"--hosts", "4", "--report", folder_ / "report.json"}), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(Cases(/*failed=*/false),
              IsSupersetOf({"step stand-down/fe1/stop-controller", "step repoint/fe4/apply",
                            "step service-center/fe2/ping", "step prove/fe4/assign-held",
                            "outside fe1/settings", "outside fe2/ping-page", "outside fe4/ports",
                            "outside farm/one-controller", "outside farm/no-split-brain",
                            "outside farm/no-tool-overlap", "outside lab/processes"}));
  EXPECT_THAT(Output(), HasSubstr("move-controller to fe2 on 4 hosts: succeeded"));
  // What the profiles on the hosts say came all the way, and so did the verdict over the journal.
  EXPECT_THAT(Read("report.json"),
              AllOf(HasSubstr("\"verdict\":\"PROVED\""), HasSubstr("\"expected\":\"2s\""),
                    HasSubstr("\"proven\":\"lab\""), HasSubstr("\"journal\":{\"whole\":true"),
                    HasSubstr("{\"name\":\"farm/one-controller\"}")));
  EXPECT_THAT(LabFolders(), IsEmpty());
}

TEST_F(RehearseTest, MovesTheCacheToo) {
  EXPECT_EQ(Rehearse({"--hosts", "4", "--to", "fe3"}, "move-controller-and-cache"), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(Cases(/*failed=*/false),
              IsSupersetOf({"step stand-down/fe1/disable-cache", "step stand-down/fe1/stop-cache",
                            "step repoint/fe3/create-cache-service",
                            "step repoint/fe4/log-in-to-cache", "step prove/fe1/cache",
                            "outside fe1/settings", "outside fe1/services", "outside fe4/settings",
                            "outside farm/cache-made-once", "outside farm/no-password-in-files"}));
  EXPECT_THAT(Output(), AllOf(HasSubstr(": user \"admin\" opens virtual host \"/outsystems\""),
                              HasSubstr("fe3 has the Deployment Controller, fe3 the cache"),
                              Not(HasSubstr("a-password-to-rehearse-with"))));
}

TEST_F(RehearseTest, PausesWhereTheNewCacheCannotBeMade) {
  EXPECT_EQ(Rehearse({"--hosts", "3", "--fault", "fe2/create-cache-service=fail 3"},
                     "move-controller-and-cache"),
            11)
      << Output();
  EXPECT_EQ(Cases(/*failed=*/true)[0], "step repoint/fe2/create-cache-service");
  EXPECT_THAT(Cases(/*failed=*/true), Not(Contains(HasSubstr("outside "))));
}

TEST_F(RehearseTest, MovesTheDeploymentControllerOfTheJavaStack) {
  EXPECT_EQ(Rehearse({"--stack", "java", "--hosts", "3"}), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(Cases(/*failed=*/false),
              IsSupersetOf({"step stand-down/fe1/disable-controller", "step repoint/fe3/apply",
                            "step service-center/fe2/ping", "outside fe1/startup-types",
                            "outside fe2/ping-page", "outside farm/one-controller",
                            "outside farm/no-split-brain", "outside lab/processes"}));
  EXPECT_THAT(LabFolders(), IsEmpty());
}

TEST_F(RehearseTest, PausesWhereTheConfiguratorOfTheJavaStackAsksTheUnexpected) {
  EXPECT_EQ(
      Rehearse({"--stack", "java", "--hosts", "2", "--fault", "fe1/service-configurator=ask"}), 11)
      << Output();
  EXPECT_EQ(Cases(/*failed=*/true)[0], "step stand-down/fe1/disable-controller");
  EXPECT_THAT(Output(), HasSubstr("unexpected prompt"));
  EXPECT_THAT(Cases(/*failed=*/true), Not(Contains(HasSubstr("outside "))));
}

TEST_F(RehearseTest, ActivatesThePassiveHalf) {
  EXPECT_EQ(Rehearse({"--hosts", "4"}, "activate-passive"), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(
      Cases(/*failed=*/false),
      IsSupersetOf({"step preflight/fe3/controller-ports", "step stand-down/fe1/stop-scheduler",
                    "step activate/fe4/start-scheduler", "step deployment/fe2/start-deployment",
                    "step prove/fe1/groups", "step prove/fe3/scheduler-ports",
                    "outside fe1/settings", "outside fe1/startup-types", "outside fe2/services",
                    "outside fe3/ports", "outside farm/one-controller"}));
  EXPECT_THAT(Output(), AllOf(HasSubstr("activate-passive on 4 hosts: succeeded"),
                              HasSubstr("active (farm.yaml: passive)"),
                              HasSubstr("by hand: Switch the load balancer and DNS to fe3, fe4")));
}

TEST_F(RehearseTest, ActivatesThePassiveHalfOfTheJavaStack) {
  EXPECT_EQ(Rehearse({"--stack", "java", "--hosts", "3"}, "activate-passive"), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(
      Cases(/*failed=*/false),
      IsSupersetOf({"step stand-down/fe1/stop-scheduler", "step activate/fe3/start-scheduler",
                    "outside fe1/startup-types", "outside fe3/ports"}));
}

TEST_F(RehearseTest, LeavesTheOtherHalfAloneWhereOneHostCannotStandDown) {
  EXPECT_EQ(
      Rehearse({"--hosts", "4", "--fault", "fe2/stop-scheduler=fail 1061"}, "activate-passive"), 11)
      << Output();
  EXPECT_EQ(Cases(/*failed=*/true)[0], "step stand-down/fe2/stop-scheduler");
  EXPECT_THAT(Cases(/*failed=*/true), Not(Contains(HasSubstr("outside "))));
}

TEST_F(RehearseTest, PausesWhereAToolFailsAndSaysWhatApplies) {
  EXPECT_EQ(Rehearse({"--hosts", "4", "--fault", "fe3/apply-configuration=fail 3", "--report",
                      folder_ / "report.html"}),
            11)
      << Output();
  EXPECT_THAT(Read("report.html"),
              AllOf(HasSubstr("Error: An unexpected error occurred."),
                    HasSubstr("steps were not reached"), HasSubstr("</html>")));
  EXPECT_THAT(Output(), AllOf(HasSubstr("step repoint/fe3/apply failed: exit code 3"),
                              HasSubstr("--step repoint/fe3/apply --retry --reason"),
                              HasSubstr("--force-stop --reason")));
  const std::vector<std::string> failed = Cases(/*failed=*/true);
  EXPECT_EQ(failed[0], "step repoint/fe3/apply");
  EXPECT_THAT(failed, Contains("step repoint/fe4/rewrite"));
  EXPECT_THAT(Read("junit.xml"), HasSubstr("<failure message=\"not reached\"/>"));
  // What Baton says of the farm that it left in the middle is what is there.
  EXPECT_THAT(failed, Not(Contains(HasSubstr("outside "))));
  EXPECT_THAT(Cases(/*failed=*/false),
              IsSupersetOf({"step repoint/fe3/rewrite", "outside fe3/settings",
                            "outside fe4/settings", "outside farm/no-split-brain"}));
  EXPECT_THAT(LabFolders(), IsEmpty());
}

TEST_F(RehearseTest, LeavesTheFarmAsItWasWhereTheOldOneCannotBeStopped) {
  EXPECT_EQ(Rehearse({"--hosts", "2", "--fault", "fe1/stop-controller=fail 1061"}), 11) << Output();
  EXPECT_EQ(Cases(/*failed=*/true)[0], "step stand-down/fe1/stop-controller");
  EXPECT_THAT(Cases(/*failed=*/true), Not(Contains(HasSubstr("outside "))));
}

// --- Faults of steps
// ------------------------------------------------------------------------------

struct FaultCase {
  const char* name;
  const char* procedure;
  std::vector<std::string> faults;
  const char* found;  // of the first one
};

void PrintTo(const FaultCase& fault, std::ostream* out) { *out << fault.name; }

class StepFaultTest : public RehearseTest, public testing::WithParamInterface<FaultCase> {};

// The run comes to its end, by itself or after a person's decision, and the farm is as it must be.
TEST_P(StepFaultTest, IsLivedThrough) {
  std::vector<std::string> arguments = {"--hosts", "3"};
  for (const std::string& fault : GetParam().faults) {
    arguments.insert(arguments.end(), {"--fault", fault});
  }
  EXPECT_EQ(Rehearse(arguments, GetParam().procedure), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  EXPECT_THAT(Cases(/*failed=*/false),
              Contains(absl::StrCat("outside fault/", GetParam().faults.front())));
  EXPECT_THAT(Output(), HasSubstr(absl::StrCat("found: ", GetParam().found)));
  EXPECT_THAT(LabFolders(), IsEmpty());
}

constexpr char kMove[] = "move-controller";
constexpr char kMoveCache[] = "move-controller-and-cache";
constexpr char kActivate[] = "activate-passive";
constexpr char kWithin[] = "came in the middle of the step; the run went on by itself";

INSTANTIATE_TEST_SUITE_P(
    , StepFaultTest,
    testing::Values(
        FaultCase{
            "KillsTheAgentUnderATool", kMove, {"service-center/fe2/install=kill-agent"}, kWithin},
        FaultCase{"KillsTheAgentUnderAService",
                  kActivate,
                  {"stand-down/fe1/stop-scheduler=kill-agent"},
                  kWithin},
        FaultCase{"CutsOffAService", kMove, {"repoint/fe3/stop-deployment=cut 3"}, kWithin},
        FaultCase{"CutsOffATool", kMoveCache, {"repoint/fe2/create-cache-service=cut 3"}, kWithin},
        FaultCase{"Slows", kMove, {"repoint/fe3/apply=slow 2"}, "the run went on by itself"},
        FaultCase{"HangsInATool",
                  kMoveCache,
                  {"repoint/fe3/apply=hang"},
                  "paused at repoint/fe3/apply unknown: its time ran out"},
        FaultCase{"HangsInAStop",
                  kMove,
                  {"stand-down/fe1/stop-controller=hang"},
                  "paused at stand-down/fe1/stop-controller failed: Deployment Controller is still "
                  "stopping"},
        FaultCase{"LiesInATool",
                  kMove,
                  {"repoint/fe2/apply=lie"},
                  "paused at repoint/fe2/start-deployment failed"},
        FaultCase{"LiesAboutAStartupType",
                  kMove,
                  {"stand-down/fe1/disable-controller=lie"},
                  "paused at stand-down/fe1/disable-controller failed"},
        FaultCase{"Refuses",
                  kActivate,
                  {"activate/fe3/start-scheduler=refuse"},
                  "paused at activate/fe3/start-scheduler failed"},
        FaultCase{"ComesTwice",
                  kMove,
                  {"repoint/fe3/apply=refuse", "service-center/fe2/install=hang"},
                  "paused at repoint/fe3/apply failed: exit code 1"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(RehearseTest, ShowsTheWholeWayPastAPause) {
  EXPECT_EQ(Rehearse({"--hosts", "2", "--fault", "repoint/fe2/apply=refuse", "--report",
                      folder_ / "report.json"}),
            0)
      << Output();
  EXPECT_THAT(
      Output(),
      AllOf(HasSubstr("--step repoint/fe2/apply --accept --reason"),
            HasSubstr("--step repoint/fe2/apply --retry --reason \"the fault is gone\" ----"),
            HasSubstr("repoint/fe2/apply  try 2")));
}

TEST_F(RehearseTest, RefusesAFaultThatThePlanHasNoPlaceFor) {
  EXPECT_EQ(Rehearse({"--hosts", "2", "--fault", "repoint/fe2/rewrite=hang"}), 2) << Output();
  EXPECT_THAT(Output(), HasSubstr("say kill-agent or cut SECONDS"));
  EXPECT_EQ(Rehearse({"--hosts", "2", "--fault", "repoint/fe3/apply=hang"}), 2) << Output();
  EXPECT_THAT(Output(), HasSubstr("the lab has no host fe3"));
}

// --- All
// ------------------------------------------------------------------------------------------

TEST_F(RehearseTest, RehearsesAllProcedures) {
  EXPECT_EQ(Rehearse({"--hosts", "3"}, "all"), 0) << Output();
  EXPECT_THAT(Cases(/*failed=*/true), IsEmpty()) << Output();
  for (const char* procedure : {kActivate, kMove, kMoveCache}) {
    EXPECT_THAT(Read("junit.xml"),
                HasSubstr(absl::StrCat("<testsuite name=\"baton rehearse ", procedure, "\"")));
    EXPECT_THAT(Output(), HasSubstr(absl::StrCat("   ok   ", procedure, ": succeeded")));
  }
  EXPECT_THAT(LabFolders(), IsEmpty());
}

TEST_F(RehearseTest, RehearsesAllThatTheJavaStackHas) {
  EXPECT_EQ(Rehearse({"--stack", "java", "--hosts", "2", "--format", "json"}, "all"), 0)
      << Output();
  EXPECT_THAT(
      Output(),
      HasSubstr("\"left_out\":[\"move-controller-and-cache: the Java stack has no cache\"]"));
  EXPECT_THAT(Read("junit.xml"), Not(HasSubstr(kMoveCache)));
}

TEST_F(RehearseTest, RefusesFaultsOfAllProcedures) {
  EXPECT_EQ(Rehearse({"--fault", "repoint/fe2/apply=hang"}, "all"), 2) << Output();
  EXPECT_THAT(Output(), HasSubstr("are about one procedure"));
}

TEST_F(RehearseTest, KeepsTheFolderIfAskedTo) {
  EXPECT_EQ(Rehearse({"--hosts", "2", "--keep"}), 0) << Output();
  ASSERT_EQ(LabFolders().size(), 1U);
  EXPECT_THAT(Output(), HasSubstr(absl::StrCat("kept: ", labs(), "/", LabFolders()[0])));
}

TEST_F(RehearseTest, LeavesNothingBehindWhenInterrupted) {
  absl::StatusOr<Process> process = Start({"--hosts", "3"});
  ASSERT_OK(process.status());
  const absl::Time deadline = absl::Now() + kPatience;
  while (!absl::StrContains(Output(), "a lab of 3 hosts") && absl::Now() < deadline) {
    ASSERT_FALSE(process->WaitForEnd(absl::Milliseconds(5)).ok()) << Output();
  }
  ASSERT_OK(SignalProcess(process->identity(), SIGINT));
  EXPECT_EQ(Finish(*process), 1) << Output();
  EXPECT_THAT(Output(), HasSubstr("interrupted"));
  EXPECT_THAT(Cases(/*failed=*/true), Contains("outside lab/performed"));
  EXPECT_THAT(LabFolders(), IsEmpty());
}

}  // namespace
}  // namespace baton
