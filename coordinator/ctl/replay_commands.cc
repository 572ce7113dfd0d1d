// The command that checks the decisions of a run: `replay`.

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/chosen_run.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/session.h"
#include "coordinator/ctl/table.h"

namespace baton::ctl {
namespace {

using coordinator::v1::ReplayReport;

std::string RenderReplay(const plan::v1::Run& run, const ReplayReport& report, const Style& style) {
  std::string text =
      absl::StrCat(RenderRunHeader(run.plan().farm_id(), run, style), "\n", report.records(),
                   " records, ", report.decisions(), " decisions made again by this version\n");
  if (report.differences().empty()) return absl::StrCat(text, "every decision is the same\n");
  Table table({"RECORD", "", "DECISION"});
  for (const coordinator::v1::ReplayDifference& difference : report.differences()) {
    table.AddRow({absl::StrCat(difference.sequence()), "journaled", Clean(difference.journaled())});
    table.AddRow({"", "now",
                  difference.replayed().empty() ? Cell("nothing", Tone::kBad)
                                                : Cell(Clean(difference.replayed()), Tone::kBad)});
  }
  return absl::StrCat(text, table.Render(style));
}

absl::StatusOr<ExitCode> ReplayDecisions(Session& session) {
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  coordinator::v1::ReplayRunRequest request;
  ASSIGN_OR_RETURN(*request.mutable_run(), ChosenRun(session, *client));
  ASSIGN_OR_RETURN(const ReplayReport report, client->ReplayRun(request));
  coordinator::v1::GetRunRequest get;
  get.set_run(request.run());
  ASSIGN_OR_RETURN(const plan::v1::Run run, client->GetRun(get));
  session.Show(report, RenderReplay(run, report, session.MakeStyle()));
  return report.differences().empty() ? ExitCode::kDone : ExitCode::kRefused;
}

}  // namespace

std::vector<Command> ReplayCommands() {
  return {
      {"replay",
       "Feed a run's records through planner and engine again and compare every decision; exits "
       "with 10 if one differs",
       {{"RUN", "id of the run; the newest if left out", &Options::run}},
       "baton replay r-1",
       ReplayDecisions},
  };
}

}  // namespace baton::ctl
