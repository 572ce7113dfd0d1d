#include "coordinator/ctl/report_model.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/coordinator/ctl/report_fixture.h"
#include "tests/support/status_matchers.h"

namespace baton::ctl {
namespace {

using report::v1::RunReport;
using report::v1::StepLine;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

constexpr char kFailingStep[] = "repoint/fe3/apply";

RunReport ReportOf(const std::string& history) {
  absl::StatusOr<RunReport> report = BuildRunReport(MakeHistory(history), {});
  EXPECT_OK(report);
  return report.ok() ? *std::move(report) : RunReport();
}

const StepLine& StepOf(const RunReport& report, const std::string& name) {
  for (const StepLine& step : report.steps()) {
    if (step.step() == name) return step;
  }
  ADD_FAILURE() << "no step " << name;
  return StepLine::default_instance();
}

std::vector<std::string> GapKinds(const RunReport& report) {
  std::vector<std::string> kinds;
  for (const report::v1::Gap& gap : report.gaps()) kinds.push_back(gap.kind());
  return kinds;
}

TEST(BuildRunReport, SaysHowSureEachStepIs) {
  const RunReport report = ReportOf("vouched");
  EXPECT_EQ(report.verdict(), report::v1::DONE_IN_PART_ON_TRUST);
  EXPECT_EQ(StepOf(report, kFailingStep).proof(), report::v1::VOUCHED_FOR);
  EXPECT_EQ(StepOf(report, "repoint/fe3/rewrite").proof(), report::v1::READ_BACK);
  EXPECT_EQ(StepOf(report, "service-center/fe2/install").proof(), report::v1::EXIT_CODE);
  const RunReport paused = ReportOf("paused");
  EXPECT_EQ(paused.verdict(), report::v1::NOT_OVER);
  EXPECT_EQ(StepOf(paused, kFailingStep).proof(), report::v1::NOT_PROVED);
  EXPECT_EQ(StepOf(paused, "service-center/fe2/ping").proof(), report::v1::NOT_REACHED);
}

TEST(BuildRunReport, TakesAHookForDoneByItsExitCodeAndForNoMore) {
  const RunReport report = ReportOf("hooks");
  const StepLine& dns = StepOf(report, "after-prove/@coordinator/dns");
  EXPECT_EQ(dns.proof(), report::v1::HOOK_EXIT_CODE);
  EXPECT_EQ(dns.attempts(0).tool().output(), "controller.corp.example -> 10.0.0.12");
  EXPECT_EQ(dns.attempts(0).tool().output_bytes(), 37u);
  EXPECT_TRUE(dns.hook());
  EXPECT_THAT(dns.attempts(0).evidence(), IsEmpty());
  const StepLine& tell = StepOf(report, "after-prove/@coordinator/tell-people");
  EXPECT_EQ(tell.proof(), report::v1::NOT_PROVED);
  EXPECT_EQ(tell.state(), plan::v1::SKIPPED);
  EXPECT_THAT(GapKinds(report), Contains("not-proved"));
  EXPECT_EQ(report.verdict(), report::v1::DONE_IN_PART_ON_TRUST);
  EXPECT_TRUE(report.milestones(1).has_elapsed());  // what only warns says nothing of the farm
  EXPECT_THAT(report.verdict_words(), HasSubstr("Hooks that did not succeed and only warn: 1."));
}

TEST(BuildRunReport, NeverCallsARunProvedThatIsNot) {
  EXPECT_EQ(ReportOf("succeeded").verdict(), report::v1::PROVED);
  for (const char* history : {"paused", "vouched", "forced", "cancelled"}) {
    EXPECT_NE(ReportOf(history).verdict(), report::v1::PROVED) << history;
  }
}

TEST(BuildRunReport, KeepsEveryTry) {
  const RunReport report = ReportOf("paused");
  const StepLine& step = StepOf(report, kFailingStep);
  ASSERT_EQ(step.attempts_size(), 2);
  EXPECT_EQ(step.attempts(0).number(), 1U);
  EXPECT_EQ(step.attempts(1).number(), 2U);
  for (const report::v1::Attempt& attempt : step.attempts()) {
    EXPECT_EQ(attempt.state(), plan::v1::STEP_FAILED);
    EXPECT_EQ(attempt.tool().exit_code(), 3);
    // Line ends of Windows are line ends.
    EXPECT_THAT(attempt.tool().output(),
                "Validating configuration...\nUpgrading database model... 40%\n"
                "Cannot write C:\\a: There is not enough space on the disk.");
    EXPECT_EQ(attempt.end_sequence(), attempt.start_sequence() + 1);
  }
  EXPECT_EQ(step.elapsed().seconds(), 240);
  EXPECT_EQ(step.expected().seconds(), 180);
}

TEST(BuildRunReport, AStepThatIsOwedWithoutACallWasNeverTried) {
  RunHistory history = MakeHistory("cancelled");
  history.records.resize(history.records.size() - 2);  // what asked for the end, and the end
  plan::v1::Plan& plan = *history.records.front().record.mutable_run_started()->mutable_plan();
  auto stage = plan.mutable_stages()->begin();
  while (stage->steps().empty()) ++stage;
  plan::v1::Step& step = *stage->mutable_steps(0);
  step.set_owable(true);
  StoredRecord owed = history.records.back();
  owed.record.set_sequence(owed.record.sequence() + 1);
  owed.record.mutable_step_finished()->set_step(step.name());
  owed.record.mutable_step_finished()->set_state(plan::v1::OWED);
  owed.record.mutable_step_finished()->set_detail("it was not called");
  history.records.push_back(owed);
  ASSERT_OK_AND_ASSIGN(const RunReport report, BuildRunReport(history, {}));
  const StepLine& line = StepOf(report, step.name());
  EXPECT_EQ(line.state(), plan::v1::OWED);
  EXPECT_EQ(line.proof(), report::v1::STILL_OWED);
  EXPECT_EQ(line.detail(), "it was not called");
  EXPECT_THAT(line.attempts(), IsEmpty());
  EXPECT_FALSE(line.has_elapsed());
  EXPECT_THAT(GapKinds(report), Contains("owed"));
}

TEST(BuildRunReport, MeasuresTheMilestonesAgainstTheTargetsOfThePinnedFarmFile) {
  const RunReport report = ReportOf("succeeded");
  ASSERT_EQ(report.milestones_size(), 2);
  const report::v1::Milestone& controller = report.milestones(0);
  EXPECT_EQ(controller.name(), "controller-proven");
  EXPECT_EQ(controller.detail(), "proved by service-center/fe2/ping");
  EXPECT_EQ(controller.target().seconds(), 600);
  // Four claims of a second, two tools of 4 min, nine other steps of 2 s.
  EXPECT_EQ(controller.elapsed().seconds(), 4 + 480 + 18);
  EXPECT_TRUE(controller.met());
  EXPECT_EQ(report.milestones(1).name(), "farm-proven");
  EXPECT_EQ(report.milestones(1).target().seconds(), 720);
}

TEST(BuildRunReport, ReachesNoMilestoneOnAPersonsWord) {
  const RunReport report = ReportOf("vouched");
  EXPECT_TRUE(report.milestones(0).has_elapsed());
  EXPECT_FALSE(report.milestones(0).met()) << "three minutes twice, and four tools";
  EXPECT_FALSE(report.milestones(1).has_elapsed());
  EXPECT_THAT(report.milestones(1).detail(), HasSubstr("repoint/fe3/apply is not proved: vouched"));
}

TEST(BuildRunReport, ListsWhatCouldNotBeProved) {
  EXPECT_THAT(GapKinds(ReportOf("succeeded")),
              ElementsAre("encrypted", "by-hand", "by-hand", "by-hand"));
  EXPECT_THAT(GapKinds(ReportOf("vouched")), Contains("vouched-for"));
  EXPECT_THAT(GapKinds(ReportOf("vouched")), Not(Contains("not-reached")));
  const RunReport paused = ReportOf("paused");
  EXPECT_THAT(GapKinds(paused), ElementsAre("not-proved", "not-reached", "encrypted", "by-hand",
                                            "by-hand", "by-hand"));
  EXPECT_EQ(paused.gaps(1).step(), "repoint/fe3/stop-deployment");
  EXPECT_EQ(paused.gaps(1).words(), "7 of 11 steps were not reached");
}

TEST(BuildRunReport, NamesWhoDecidedAndWhy) {
  const RunReport report = ReportOf("vouched");
  std::vector<std::string> deeds;
  for (const report::v1::Deed& deed : report.deeds()) {
    deeds.push_back(deed.actor() + " " + deed.what() + ": " + deed.reason());
  }
  EXPECT_THAT(deeds,
              ElementsAre("operator:alice started plan p-17: fe1's disk fails",
                          "operator:bob tried again repoint/fe3/apply: disk is free again",
                          "operator:carol vouched for repoint/fe3/apply: applied it by hand"));
  EXPECT_EQ(report.waited().seconds(), 360);
  EXPECT_EQ(ReportOf("forced").deeds().rbegin()->what(), "ended the run by force");
  EXPECT_EQ(ReportOf("forced").deeds().rbegin()->actor(), "operator:carol");
  EXPECT_EQ(ReportOf("cancelled").deeds().rbegin()->what(), "asked for an end");
}

TEST(BuildRunReport, TellsWhatAPersonApprovedFromWhatIsProved) {
  const RunReport report = ReportOf("gate");
  const StepLine& gate = StepOf(report, "license/fe2/gate");
  EXPECT_EQ(gate.proof(), report::v1::APPROVED);
  EXPECT_EQ(gate.detail(), "approved by operator:carol: the license is here");
  // SHA-256 of "abc", as FIPS 180-2 has it.
  EXPECT_THAT(gate.attempts(0).evidence(),
              ElementsAre("license_file: a file of 3 bytes, SHA-256 "
                          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(report.verdict(), report::v1::PROVED);
  EXPECT_THAT(report.verdict_words(), HasSubstr("12 steps are done: 11 proved, 1 approved"));
  EXPECT_EQ(report.deeds().rbegin()->what(), "approved license/fe2/gate");
  EXPECT_EQ(report.waited().seconds(), 300);
}

TEST(BuildRunReport, PutsEveryRecordWithItsHashIntoTheTimeline) {
  const RunHistory history = MakeHistory("succeeded");
  const RunReport report = ReportOf("succeeded");
  EXPECT_EQ(report.timeline_size(), static_cast<int>(history.records.size()));
  EXPECT_THAT(report.timeline(), Each(Property(&report::v1::TimelineLine::hash, Not(IsEmpty()))));
  EXPECT_EQ(report.timeline(0).sequence(), 101U);
}

TEST(BuildRunReport, SaysWhetherTheJournalIsWhole) {
  EXPECT_TRUE(ReportOf("paused").journal().whole());
  const RunReport damaged = ReportOf("damaged");
  EXPECT_FALSE(damaged.journal().whole());
  EXPECT_THAT(damaged.journal().words(), HasSubstr("journal record 300 is damaged"));
}

TEST(BuildRunReport, NeedsRecordsThatAreARun) {
  RunHistory history;
  EXPECT_THAT(BuildRunReport(history, {}),
              StatusIs(absl::StatusCode::kDataLoss, "no record of the run can be read"));
  history.chain.set_damage("record 2 is damaged");
  EXPECT_THAT(BuildRunReport(history, {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("record 2 is damaged")));
  history = MakeHistory("paused");
  history.records.erase(history.records.begin());
  EXPECT_EQ(BuildRunReport(history, {}).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace baton::ctl
