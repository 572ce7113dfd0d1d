#pragma once

#include "baton/report/v1/report.pb.h"
#include "coordinator/ctl/coordinator_client.h"
#include "coordinator/engine/run_state.h"

namespace baton::ctl {

// The parts of a report, for BuildRunReport alone, in the order in which they are added.

// The kind of gap of lines that people do.
inline constexpr char kByHandGap[] = "by-hand";

// What every part is made from.
struct ReportSource {
  const RunHistory& history;
  const engine::RunState& state;  // replayed from the history

  const plan::v1::Run& run() const { return state.run(); }
  const plan::v1::Plan& plan() const { return state.plan(); }
};

// Steps with their attempts, and the hosts that they are on.
void AddSteps(const ReportSource& source, report::v1::RunReport& report);
void AddHosts(const ReportSource& source, report::v1::RunReport& report);

// What could not be proved. Needs the steps.
void AddGaps(const ReportSource& source, report::v1::RunReport& report);

// When the new Deployment Controller and the farm were proved, against the targets of the farm file
// that the run pins. Needs the steps.
void AddMilestones(const ReportSource& source, report::v1::RunReport& report);

// The records as lines, what people decided, and how long the run waited for them.
void AddTimeline(const ReportSource& source, report::v1::RunReport& report);
void AddDeeds(const ReportSource& source, report::v1::RunReport& report);

// Whether the journal is whole.
void AddJournalVerdict(const ReportSource& source, report::v1::RunReport& report);

}  // namespace baton::ctl
