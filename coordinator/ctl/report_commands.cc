// The commands that tell what a run did and why: `report`, `explain`.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "coordinator/ctl/chosen_run.h"
#include "coordinator/ctl/command.h"
#include "coordinator/ctl/render_explain.h"
#include "coordinator/ctl/report_form.h"
#include "coordinator/ctl/report_model.h"
#include "coordinator/ctl/session.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/engine/transitions.h"

namespace baton::ctl {
namespace {

absl::StatusOr<RunHistory> FetchHistory(CoordinatorClient& client, const std::string& run) {
  coordinator::v1::GetRunHistoryRequest request;
  request.set_run(run);
  return client.GetRunHistory(request);
}

absl::StatusOr<ReportForm> ChosenForm(const Options& options) {
  if (!options.output.empty()) return ParseReportForm(options.output);
  return options.json() ? ReportForm::kJson : ReportForm::kMarkdown;
}

absl::StatusOr<ExitCode> Report(Session& session) {
  ASSIGN_OR_RETURN(const ReportForm form, ChosenForm(session.options()));
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  ASSIGN_OR_RETURN(const std::string run, ChosenRun(session, *client));
  ASSIGN_OR_RETURN(const RunHistory history, FetchHistory(*client, run));
  const Environment& environment = session.environment();
  ASSIGN_OR_RETURN(
      const report::v1::RunReport report,
      BuildRunReport(history, {session.environment().clock.Now(), environment.version, {}}));
  ASSIGN_OR_RETURN(const std::string text, RenderReport(report, form, environment.zone));
  session.console().Write(text);
  if (report.journal().whole()) return ExitCode::kDone;
  // Whoever files the report without reading it must hear of this, too.
  return session.Fail(Explain(absl::DataLossError(report.journal().words()), session.MakeStyle()));
}

absl::StatusOr<ExitCode> ExplainFinding(Session& session, const FindingKind& kind) {
  session.Show(ToFields(kind), RenderFindingKind(kind, session.MakeStyle()));
  return ExitCode::kDone;
}

// The step that the command line names, else the one that a person must decide about.
absl::StatusOr<size_t> ChosenStep(const std::string& name, const engine::RunState& state) {
  if (!name.empty()) return state.FindStep(name);
  if (state.FirstUndecided() < state.step_count()) return state.FirstUndecided();
  return absl::InvalidArgumentError(absl::StrCat("explain: which step of run ", state.run().run(),
                                                 "? None of them waits for a decision"));
}

absl::StatusOr<ExitCode> ExplainStep(Session& session) {
  const Options& options = session.options();
  ASSIGN_OR_RETURN(CoordinatorClient * client, session.Client());
  const absl::StatusOr<RunHistory> history = FetchHistory(*client, options.subject);
  if (!history.ok()) {
    return Annotate(history.status(),
                    absl::StrCat("\"", options.subject, "\" is no finding; as a run"));
  }
  ASSIGN_OR_RETURN(const engine::RunState state, ReplayHistory(*history));
  ASSIGN_OR_RETURN(const size_t step, ChosenStep(options.step, state));
  ASSIGN_OR_RETURN(
      const report::v1::RunReport report,
      BuildRunReport(*history,
                     {session.environment().clock.Now(), session.environment().version, {}}));
  const report::v1::StepLine& line = report.steps(static_cast<int>(step));
  session.Show(line, RenderStepLine(line, state.run(), session.MakeStyle()));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ExplainSubject(Session& session) {
  const Options& options = session.options();
  if (options.subject.empty()) {
    session.Show(FindingFields(), RenderFindingKinds(session.MakeStyle()));
    return ExitCode::kDone;
  }
  const FindingKind* kind = FindFindingKind(options.subject);
  if (kind == nullptr) return ExplainStep(session);
  if (options.step.empty()) return ExplainFinding(session, *kind);
  return absl::InvalidArgumentError(
      absl::StrCat("explain: ", options.subject, " is a finding, which has no steps"));
}

}  // namespace

std::vector<Command> ReportCommands() {
  return {
      {"report",
       "Tell what a run did, who decided what, and what of it is proved",
       {{"RUN", "id of the run; the newest if left out", &Options::run},
        {"--output", "FORM: md, html, junit or json; md unless said", &Options::output}},
       "baton report r-1 --output html > r-1.html",
       Report},
      {"explain",
       "Explain a finding, or a step of a run; without words, list the findings",
       {{"SUBJECT", "name of a finding, or id of a run", &Options::subject},
        {"STEP", "name of a step of that run; the one that did not succeed if left out",
         &Options::step}},
       "baton explain r-1 repoint/fe3/apply",
       ExplainSubject},
  };
}

}  // namespace baton::ctl
