#include "coordinator/runtime/replayer.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "coordinator/engine/replay.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/procedure/planner.h"
#include "coordinator/runtime/former_run_reader.h"

namespace baton {
namespace {

using coordinator::v1::ReplayReport;
using google::protobuf::RepeatedPtrField;
using plan::v1::Plan;

constexpr int kDifferencesMax = 100;
constexpr size_t kLineBytesMax = 300;

std::string Cut(std::string line) {
  if (line.size() > kLineBytesMax) line.resize(kLineBytesMax);
  return line;
}

class ReportBuilder {
 public:
  explicit ReportBuilder(ReplayReport& report) : report_(report) {}

  void Add(uint64_t sequence, std::string journaled, std::string replayed) {
    if (report_.differences_size() == kDifferencesMax) return;
    coordinator::v1::ReplayDifference& difference = *report_.add_differences();
    difference.set_sequence(sequence);
    difference.set_journaled(Cut(std::move(journaled)));
    difference.set_replayed(Cut(std::move(replayed)));
  }

  // Compares the parts of a list in their order.
  template <typename Part>
  void Compare(uint64_t sequence, absl::string_view what, const RepeatedPtrField<Part>& journaled,
               const RepeatedPtrField<Part>& replayed) {
    for (int i = 0; i < std::max(journaled.size(), replayed.size()); ++i) {
      const std::string before = i < journaled.size() ? Text(journaled[i]) : "";
      const std::string now = i < replayed.size() ? Text(replayed[i]) : "";
      if (before != now) {
        Add(sequence, absl::StrCat(what, ": ", before),
            now.empty() ? "" : absl::StrCat(what, ": ", now));
      }
    }
  }

 private:
  static const std::string& Text(const std::string& text) { return text; }
  template <typename Message>
  static std::string Text(const Message& message) {
    return message.ShortDebugString();
  }

  ReplayReport& report_;
};

// All steps of a plan, with the stage that each is in.
RepeatedPtrField<plan::v1::Step> StepsOf(const Plan& plan) {
  RepeatedPtrField<plan::v1::Step> steps;
  for (const plan::v1::Stage& stage : plan.stages()) steps.MergeFrom(stage.steps());
  return steps;
}

RepeatedPtrField<std::string> StagesOf(const Plan& plan) {
  RepeatedPtrField<std::string> stages;
  for (const plan::v1::Stage& stage : plan.stages()) {
    *stages.Add() = absl::StrCat(stage.name(), ", ", stage.steps_size(), " steps, at most ",
                                 stage.max_parallel(), " lanes",
                                 stage.first_lane_leads() ? ", the first leads" : "");
  }
  return stages;
}

// What the planner decides beside stages and findings, a line each.
RepeatedPtrField<std::string> RolesOf(const Plan& plan) {
  RepeatedPtrField<std::string> lines;
  *lines.Add() =
      absl::StrCat("from \"", plan.old_controller(), "\" to \"", plan.new_controller(), "\"");
  *lines.Add() = absl::StrCat("hosts ", absl::StrJoin(plan.hosts(), ", "));
  *lines.Add() = absl::StrCat("first irreversible step ", plan.first_irreversible_step());
  *lines.Add() = plan.assignment().ShortDebugString();
  return lines;
}

void ComparePlans(uint64_t sequence, const Plan& journaled, const Plan& replayed,
                  ReportBuilder& report) {
  report.Compare(sequence, "plan", RolesOf(journaled), RolesOf(replayed));
  report.Compare(sequence, "finding", journaled.findings(), replayed.findings());
  report.Compare(sequence, "stage", StagesOf(journaled), StagesOf(replayed));
  report.Compare(sequence, "step", StepsOf(journaled), StepsOf(replayed));
  report.Compare(sequence, "by hand", journaled.by_hand(), replayed.by_hand());
  report.Compare(sequence, "debt", journaled.debts(), replayed.debts());
  report.Compare(sequence, "not proved", journaled.not_proved(), replayed.not_proved());
}

absl::StatusOr<Plan> PlanAgain(RunBook& book, const StoredRecord& start) {
  const journal::v1::RunStarted& started = start.record.run_started();
  ASSIGN_OR_RETURN(const FarmFile file,
                   ParseFarmFile("the farm file in the journal", started.farm_file()));
  ASSIGN_OR_RETURN(const std::optional<FormerRun> former,
                   ReadFormerRunBefore(book, started.plan().request(), start.record));
  return MakePlan(file, started.plan().observation(), started.plan().request(), PointerTo(former));
}

}  // namespace

absl::StatusOr<ReplayReport> ReplayRun(RunBook& book, const std::string& farm_id,
                                       const std::string& run) {
  ASSIGN_OR_RETURN(const std::vector<StoredRecord> records,
                   book.Records(run, 0, std::numeric_limits<size_t>::max()));
  ASSIGN_OR_RETURN(const engine::ReplayVerdict verdict, engine::Replay(farm_id, records));
  ReplayReport report;
  report.set_run(run);
  report.set_records(verdict.records);
  report.set_decisions(verdict.decisions + 1);  // the plan is one
  ReportBuilder builder(report);
  const Plan& journaled = records.front().record.run_started().plan();
  const uint64_t start = records.front().record.sequence();
  const absl::StatusOr<Plan> replayed = PlanAgain(book, records.front());
  if (replayed.ok()) {
    ComparePlans(start, journaled, *replayed, builder);
  } else {
    builder.Add(start, "a plan", absl::StrCat("none: ", replayed.status().message()));
  }
  for (const engine::ReplayDifference& difference : verdict.differences) {
    builder.Add(difference.sequence, difference.journaled, difference.replayed);
  }
  return report;
}

}  // namespace baton
