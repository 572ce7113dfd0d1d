#include "coordinator/ctl/report_model.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/hash/sha256.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/report_parts.h"
#include "coordinator/ctl/text.h"
#include "google/protobuf/util/time_util.h"

namespace baton::ctl {
namespace {

using google::protobuf::util::TimeUtil;
using report::v1::RunReport;

int CountProofs(const RunReport& report, report::v1::Proof proof) {
  return static_cast<int>(
      std::count_if(report.steps().begin(), report.steps().end(),
                    [proof](const report::v1::StepLine& step) { return step.proof() == proof; }));
}

void AddHead(const ReportSource& source, RunReport& report) {
  const plan::v1::Run& run = source.run();
  const plan::v1::Plan& plan = source.plan();
  report.set_farm_id(plan.farm_id());
  report.set_run(run.run());
  report.set_procedure(Word(plan.request().procedure()));
  report.set_old_controller(plan.old_controller());
  report.set_new_controller(plan.new_controller());
  *report.mutable_activated() = plan.request().activate();
  *report.mutable_deactivated() = plan.request().deactivate();
  report.set_undoes(plan.request().undoes());
  report.set_fails_back(plan.request().fails_back());
  report.set_phase(run.phase());
  report.set_detail(run.detail());
  report.set_actor(run.actor());
  report.set_reason(plan.request().reason());
  if (plan.request().republish() != plan::v1::REPUBLISH_POLICY_UNSPECIFIED) {
    report.set_republish(Word(plan.request().republish()));
  }
  report.set_change(plan.request().change());
  *report.mutable_start_time() = run.start_time();
  if (run.has_end_time()) *report.mutable_end_time() = run.end_time();
  *report.mutable_elapsed() =
      source.history.records.back().record.time() - source.history.records.front().record.time();
  report.set_plan_id(plan.plan_id());
  report.set_plan_digest(ToHex(plan.digest()));
  report.set_epoch(run.epoch());
  report.set_first_irreversible_step(plan.first_irreversible_step());
  *report.mutable_findings() = plan.findings();
}

report::v1::Verdict VerdictOf(const RunReport& report) {
  switch (report.phase()) {
    case plan::v1::RUN_SUCCEEDED: {
      const bool trust = CountProofs(report, report::v1::VOUCHED_FOR) > 0 ||
                         CountProofs(report, report::v1::STILL_OWED) > 0 ||
                         CountProofs(report, report::v1::NOT_PROVED) > 0;
      return trust ? report::v1::DONE_IN_PART_ON_TRUST : report::v1::PROVED;
    }
    case plan::v1::RUN_STOPPED:
    case plan::v1::RUN_CANCELLED:
      return report::v1::NOT_DONE;
    default:
      return report::v1::NOT_OVER;
  }
}

// "The Deployment Controller moved from fe1 to fe2."
std::string DoneWords(const RunReport& report) {
  if (!report.undoes().empty()) {
    return absl::StrCat(
        "Run ", report.undoes(), " is undone",
        report.new_controller().empty()
            ? "."
            : absl::StrCat(": ", report.new_controller(), " has the Deployment Controller again."));
  }
  if (!report.new_controller().empty()) {
    return absl::StrCat("The Deployment Controller moved",
                        report.old_controller().empty() ? "" : " from ", report.old_controller(),
                        " to ", report.new_controller(), ".");
  }
  std::string words = absl::StrCat(report.procedure(), " is done.");
  if (!report.activated().empty()) {
    absl::StrAppend(&words, " Active now: ", absl::StrJoin(report.activated(), ", "), ".");
  }
  if (!report.deactivated().empty()) {
    absl::StrAppend(&words, " Passive now: ", absl::StrJoin(report.deactivated(), ", "), ".");
  }
  return words;
}

// What remains although the run is done.
std::string RemainderWords(const RunReport& report) {
  std::string words;
  const auto add = [&words](int64_t count, absl::string_view text) {
    if (count > 0) absl::StrAppend(&words, " ", text, ": ", count, ".");
  };
  add(CountProofs(report, report::v1::VOUCHED_FOR), "Steps that rest on a person's word");
  add(CountProofs(report, report::v1::STILL_OWED), "Steps that are still owed");
  add(CountProofs(report, report::v1::NOT_PROVED), "Hooks that did not succeed and only warn");
  add(std::count_if(report.gaps().begin(), report.gaps().end(),
                    [](const report::v1::Gap& gap) { return gap.kind() == kByHandGap; }),
      "Lines of the vendor's procedure that remain to be done by hand");
  return words;
}

std::string AllDoneWords(const RunReport& report) {
  const int steps = report.steps_size();
  const int approved = CountProofs(report, report::v1::APPROVED);
  const int hooks = CountProofs(report, report::v1::HOOK_EXIT_CODE);
  if (approved + hooks == 0) return absl::StrCat("All ", steps, " steps are done and proved.");
  return absl::StrCat("All ", steps, " steps are done: ", steps - approved - hooks, " proved",
                      approved == 0 ? "" : absl::StrCat(", ", approved, " approved by a person"),
                      hooks == 0 ? "" : absl::StrCat(", hooks by their exit code: ", hooks), ".");
}

std::string VerdictWords(const RunReport& report, bool changed) {
  const std::string changes =
      changed ? " Something was changed." : " Nothing was changed on any host.";
  switch (report.verdict()) {
    case report::v1::PROVED:
      return absl::StrCat(DoneWords(report), " ", AllDoneWords(report), RemainderWords(report));
    case report::v1::DONE_IN_PART_ON_TRUST:
      return absl::StrCat(DoneWords(report), " Not everything is proved.", RemainderWords(report));
    case report::v1::NOT_DONE:
      return absl::StrCat("The run ended before ", report.procedure(),
                          " was done: ", report.detail(), ".", changes);
    default:
      return absl::StrCat("The run is ", Word(report.phase()), report.detail().empty() ? "" : ": ",
                          report.detail(), ".", changes);
  }
}

}  // namespace

absl::StatusOr<engine::RunState> ReplayHistory(const RunHistory& history) {
  if (history.records.empty()) {
    return absl::DataLossError(absl::StrCat("no record of the run can be read",
                                            history.chain.damage().empty() ? "" : ": ",
                                            history.chain.damage()));
  }
  engine::RunState state;
  for (const StoredRecord& stored : history.records) RETURN_IF_ERROR(state.Apply(stored));
  return state;
}

absl::StatusOr<RunReport> BuildRunReport(const RunHistory& history, const ReportContext& context) {
  ASSIGN_OR_RETURN(const engine::RunState state, ReplayHistory(history));
  const ReportSource source{history, state};
  RunReport report;
  AddHead(source, report);
  AddSteps(source, report);
  AddHosts(source, report);
  AddGaps(source, report);
  AddMilestones(source, report);
  AddTimeline(source, report);
  AddDeeds(source, report);
  AddJournalVerdict(source, report);
  report.set_verdict(VerdictOf(report));
  report.set_verdict_words(VerdictWords(report, source.run().changed()));
  for (const rehearse::OutsideCheck& check : context.outside) {
    report::v1::OutsideLine& line = *report.add_outside();
    line.set_name(check.name);
    line.set_failure(check.failure);
  }
  *report.mutable_report_time() = TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(context.now));
  report.set_program_version(context.version);
  return report;
}

}  // namespace baton::ctl
