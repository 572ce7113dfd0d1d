#include "coordinator/ctl/render_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/render_debts.h"
#include "coordinator/ctl/render_gate.h"
#include "coordinator/ctl/render_plan.h"
#include "coordinator/ctl/run_debts.h"
#include "coordinator/ctl/table.h"
#include "coordinator/engine/transitions.h"
#include "coordinator/procedure/former_run.h"

namespace baton::ctl {
namespace {

using plan::v1::Run;
using plan::v1::StepStatus;

// The step that a run is at, counted from 1: the last one that is not pending.
int StepReached(const Run& run) {
  return static_cast<int>(
      std::count_if(run.steps().begin(), run.steps().end(),
                    [](const StepStatus& s) { return s.state() != plan::v1::PENDING; }));
}

absl::Duration Elapsed(const Run& run, absl::Time now) {
  return (run.has_end_time() ? TimeOf(run.end_time()) : now) - TimeOf(run.start_time());
}

Tone ToneOf(plan::v1::RunPhase phase) {
  switch (phase) {
    case plan::v1::RUN_SUCCEEDED:
      return Tone::kGood;
    case plan::v1::RUN_PAUSED:
    case plan::v1::RUN_STOPPED:
      return Tone::kBad;
    case plan::v1::RUN_WAITING:
    case plan::v1::RUN_CANCELLING:
    case plan::v1::RUN_CANCELLED:
      return Tone::kWarn;
    default:
      return Tone::kStrong;
  }
}

void AddStep(const StepStatus& step, const Style& style, Table& table) {
  const Mark mark = MarkOf(step.state());
  const std::string attempt = step.attempt() > 1 ? absl::StrCat("try ", step.attempt()) : "";
  table.AddRow({Cell(std::string(mark.text), mark.tone), step.step(), StepElapsed(step, style.now),
                attempt, step.detail()});
}

// The commands that apply to a run that waits for a decision.
class DecisionWriter {
 public:
  DecisionWriter(const Run& run, const Style& style) : run_(ShellWord(run.run())), style_(style) {}

  void Retry(const std::string& step) { Resume(step, " --retry"); }
  void Accept(const std::string& step) { Resume(step, " --accept"); }
  void Owe(const std::string& host) {
    Add(absl::StrCat(" resume ", run_, " --owe ", ShellWord(host), " --reason \"...\""));
  }
  void GoOn() { Add(absl::StrCat(" resume ", run_, " --reason \"...\"")); }
  void Undo() { Add(absl::StrCat(" undo ", run_, " --reason \"...\"")); }
  void Cancel() { Add(absl::StrCat(" cancel ", run_, " --reason \"...\"")); }
  void ForceStop() { Add(absl::StrCat(" resume ", run_, " --force-stop --reason \"...\"")); }
  void Adopt() { Add(" adopt --controller HOST --reason \"...\""); }
  void Show() { Add(absl::StrCat(" runs show ", run_)); }
  void Status() { Add(" status"); }
  void Plan(const plan::v1::ProcedureRequest& request) {
    if (request.procedure() == plan::v1::PROCEDURE_UNSPECIFIED && request.pays().empty()) return;
    absl::StrAppend(&text_, "  ", PlanCommand(request, style_), "\n");
  }

  void Debts(const Run& run) { absl::StrAppend(&text_, RenderRunDebtCommands(run, style_)); }

  const std::string& text() const { return text_; }

 private:
  void Resume(const std::string& step, absl::string_view decision) {
    Add(absl::StrCat(" resume ", run_, " --step ", ShellWord(step), decision, " --reason \"...\""));
  }
  void Add(absl::string_view command) {
    absl::StrAppend(&text_, "  ", style_.program, command, "\n");
  }

  const std::string run_;
  const Style& style_;
  std::string text_;
};

// The gate that the step took its answer from: asked again, it may bring a better one. Empty if it
// took none.
std::string GateFor(const Run& run, const std::string& name) {
  for (const plan::v1::Stage& stage : run.plan().stages()) {
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() != name) continue;
      for (const plan::v1::ToolArgument& argument : step.action().arguments()) {
        if (argument.has_gate()) return argument.gate().step();
      }
    }
  }
  return "";
}

// "undoes r-1; undone by r-3".
std::string RenderRelation(const Run& run) {
  const plan::v1::ProcedureRequest& request = run.plan().request();
  std::vector<std::string> words;
  if (!request.undoes().empty()) words.push_back(absl::StrCat("undoes ", request.undoes()));
  if (!request.fails_back().empty()) {
    words.push_back(absl::StrCat("fails back from ", request.fails_back()));
  }
  if (!request.pays().empty()) {
    words.push_back(absl::StrCat("pays the debt of ", request.pays()));
  }
  const std::string undone = absl::StrCat("undone by ", run.undone_by());
  // A run that was paused ended with these very words.
  if (!run.undone_by().empty() && run.detail() != undone) words.push_back(undone);
  return Clean(absl::StrJoin(words, "; "));
}

// How the run is related to others, and why it stands where it stands.
std::string DetailCell(const Run& run) {
  const std::string relation = RenderRelation(run);
  const bool both = !relation.empty() && !run.detail().empty();
  return absl::StrCat(relation, both ? "; " : "", run.detail());
}

// As far as the run itself tells; what came after it the Baton coordinator knows.
bool CanBeUndone(const Run& run) {
  if (!run.plan().request().pays().empty()) return false;
  return run.undone_by().empty() && CheckUndo(FormerRun{run, {}, {}, 0}).ok();
}

// What hosts owe because of a run that is over.
std::string EndDebts(const Run& run) {
  return engine::Ended(run.phase()) ? RenderRunDebts(run) : "";
}

void WritePausedDecisions(const Run& run, DecisionWriter& write) {
  bool undecided = false;
  for (const StepStatus& step : run.steps()) {
    if (!engine::NeedsDecision(step.state())) continue;
    undecided = true;
    const std::string gate = GateFor(run, step.step());
    if (!gate.empty() && step.state() != plan::v1::UNKNOWN) write.Retry(gate);
    write.Retry(step.step());
    write.Accept(step.step());
  }
  if (run.pause_reason() != plan::v1::JOURNAL_BEHIND &&
      run.pause_reason() != plan::v1::PLAN_OUTDATED) {
    for (const std::string& host : OwableHosts(run)) write.Owe(host);
  }
  switch (run.pause_reason()) {
    case plan::v1::JOURNAL_BEHIND:
      write.ForceStop();
      return write.Adopt();
    case plan::v1::PLAN_OUTDATED:
      write.ForceStop();
      return write.Plan(run.plan().request());
    default:
      if (!undecided) write.GoOn();
      if (CanBeUndone(run)) write.Undo();
      return undecided ? write.ForceStop() : write.Cancel();
  }
}

}  // namespace

std::string RenderRunHeader(absl::string_view farm_id, const Run& run, const Style& style) {
  return absl::StrCat("farm ", Clean(farm_id), " | run ", Clean(run.run()), " | step ",
                      StepReached(run), " of ", run.steps_size(), " | ",
                      FormatElapsed(Elapsed(run, style.now)), " | ", Clean(run.actor()));
}

std::string RenderPhase(const Run& run, const Style& style) {
  std::string text = Paint(Word(run.phase()), ToneOf(run.phase()), style);
  if (run.phase() == plan::v1::RUN_PAUSED) {
    absl::StrAppend(&text, " (", Word(run.pause_reason()), ")");
  }
  if (!run.detail().empty()) absl::StrAppend(&text, ": ", Clean(run.detail()));
  return text;
}

std::string RelationLine(const Run& run) {
  const std::string relation = RenderRelation(run);
  return relation.empty() ? "" : absl::StrCat(relation, "\n");
}

Mark MarkOf(plan::v1::StepState state) {
  switch (state) {
    case plan::v1::PENDING:
      return {"    ", Tone::kDim};
    case plan::v1::STARTED:
      return {" >> ", Tone::kStrong};
    case plan::v1::SUCCEEDED:
      return {" ok ", Tone::kGood};
    case plan::v1::SKIPPED:
      return {"skip", Tone::kDim};
    case plan::v1::STEP_FAILED:
      return {"FAIL", Tone::kBad};
    case plan::v1::INTERRUPTED:
      return {"INTR", Tone::kBad};
    case plan::v1::OWED:
      return {"owed", Tone::kWarn};
    default:
      return {" ?? ", Tone::kBad};
  }
}

std::string StepElapsed(const StepStatus& step, absl::Time now) {
  if (!step.has_start_time()) return "";
  const absl::Time end = step.has_end_time() ? TimeOf(step.end_time()) : now;
  return FormatElapsed(end - TimeOf(step.start_time()));
}

std::string RenderRun(const Run& run, const Style& style) {
  Table table;
  for (const StepStatus& step : run.steps()) AddStep(step, style, table);
  return absl::StrCat(RenderRunHeader(run.plan().farm_id(), run, style), "\n",
                      RenderPhase(run, style), "\n", RelationLine(run), table.Render(style),
                      EndDebts(run), RenderGate(run, style), RenderDecisions(run, style));
}

std::string RenderRunEnd(const Run& run, const Style& style) {
  Table table;
  for (const StepStatus& step : run.steps()) {
    if (engine::NeedsDecision(step.state())) AddStep(step, style, table);
  }
  std::string text =
      absl::StrCat(RenderRunHeader(run.plan().farm_id(), run, style), "\n", RenderPhase(run, style),
                   "\n", RelationLine(run), table.Render(style));
  if (run.phase() == plan::v1::RUN_SUCCEEDED) {
    for (const std::string& line : run.plan().by_hand()) {
      absl::StrAppend(&text, "still to do by hand: ", Clean(line), "\n");
    }
  }
  return absl::StrCat(text, EndDebts(run), RenderGate(run, style), RenderDecisions(run, style));
}

std::string RenderDecisions(const Run& run, const Style& style) {
  DecisionWriter write(run, style);
  switch (run.phase()) {
    case plan::v1::RUN_PAUSED:
      WritePausedDecisions(run, write);
      break;
    case plan::v1::RUN_WAITING:
      write.Show();
      write.Cancel();
      return absl::StrCat("next:\n", RenderGateCommands(run, style), write.text());
    case plan::v1::RUN_STOPPED:
    case plan::v1::RUN_CANCELLED:
      write.Status();
      if (CanBeUndone(run)) write.Undo();
      write.Plan(run.plan().request());
      write.Debts(run);
      break;
    case plan::v1::RUN_SUCCEEDED:
      write.Debts(run);
      break;
    default:
      return "";
  }
  if (write.text().empty()) return "";
  return absl::StrCat("next:\n", write.text());
}

std::string RenderRuns(absl::string_view farm_id, const coordinator::v1::ListRunsResponse& runs,
                       const Style& style) {
  Table table({"RUN", "PHASE", "STEPS", "STARTED", "ELAPSED", "ACTOR", "DETAIL"});
  for (const Run& run : runs.runs()) {
    table.AddRow({run.run(), Cell(Word(run.phase()), ToneOf(run.phase())),
                  absl::StrCat(StepReached(run), "/", run.steps_size()),
                  FormatTime(TimeOf(run.start_time()), style),
                  FormatElapsed(Elapsed(run, style.now)), run.actor(), DetailCell(run)});
  }
  return absl::StrCat("farm ", Clean(farm_id), " | ", runs.runs_size(),
                      runs.runs_size() == 1 ? " run" : " runs", "\n", table.Render(style));
}

}  // namespace baton::ctl
