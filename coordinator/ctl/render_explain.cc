#include "coordinator/ctl/render_explain.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/words/words.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/render_run.h"
#include "coordinator/ctl/report_words.h"
#include "coordinator/ctl/table.h"
#include "coordinator/engine/transitions.h"

namespace baton::ctl {
namespace {

// Columns for the names of facts.
constexpr int kNameWidth = 15;

// "  what came of it  exit code 3", wrapped by the terminal.
std::string FactLine(absl::string_view name, absl::string_view value) {
  if (value.empty()) return "";
  return absl::StrCat("  ", Pad(name, kNameWidth), "  ", Clean(value), "\n");
}

std::string AcceptWords(const FindingKind& kind) {
  if (kind.planned != plan::v1::FINDING_ERROR) return "need not be: it does not refuse a run";
  if (!kind.acceptable) return "no";
  return absl::StrCat("yes: --accept ", kind.name, " --reason \"...\"");
}

std::string RenderAttempt(const report::v1::Attempt& attempt, const Style& style) {
  const Words state = StateWords(attempt.state());
  std::string text =
      absl::StrCat("try ", attempt.number(), ", ", Paint(state.text, state.tone, style), "\n");
  for (const auto& [name, value] : AttemptFacts(attempt, ReportTimes(style.zone)).facts) {
    absl::StrAppend(&text, FactLine(name, value.text));
  }
  if (attempt.tool().output().empty()) return text;
  for (const absl::string_view line : absl::StrSplit(attempt.tool().output(), '\n')) {
    absl::StrAppend(&text, "    | ", line, "\n");
  }
  return text;
}

// What a person may do now because of this step; nothing for one that needs nothing more.
std::string RenderNext(const report::v1::StepLine& step, const plan::v1::Run& run,
                       const Style& style) {
  if (engine::Settled(step.state())) return "";
  const std::string decisions = RenderDecisions(run, style);
  if (!decisions.empty()) return decisions;
  if (engine::Ended(run.phase())) return "";
  return absl::StrCat("next: ", style.program, " runs watch ", ShellWord(run.run()), "\n");
}

}  // namespace

std::string RenderFindingKinds(const Style& style) {
  Table table({"FINDING", "LEVEL", "ACCEPTABLE", "WHAT WAS SEEN"});
  for (const FindingKind& kind : FindingCatalog()) {
    table.AddRow({std::string(kind.name), Word(kind.planned), kind.acceptable ? "yes" : "no",
                  std::string(kind.meaning)});
  }
  return absl::StrCat(table.Render(style), "next: ", style.program, " explain FINDING\n");
}

JsonFields FindingFields() {
  std::vector<JsonFields> findings;
  for (const FindingKind& kind : FindingCatalog()) findings.push_back(ToFields(kind));
  JsonFields fields;
  fields.Add("findings", findings);
  return fields;
}

std::string RenderFindingKind(const FindingKind& kind, const Style& style) {
  return absl::StrCat(
      Paint(kind.name, Tone::kStrong, style), "\n", FactLine("what was seen", kind.meaning),
      FactLine("why it matters", kind.matters), FactLine("level", Word(kind.planned)),
      FactLine("can be accepted", AcceptWords(kind)), FactLine("what to do", kind.hint));
}

JsonFields ToFields(const FindingKind& kind) {
  JsonFields fields;
  fields.Add("name", kind.name).Add("level", Word(kind.planned)).Add("acceptable", kind.acceptable);
  fields.Add("meaning", kind.meaning).Add("matters", kind.matters).Add("hint", kind.hint);
  return fields;
}

std::string RenderStepLine(const report::v1::StepLine& step, const plan::v1::Run& run,
                           const Style& style) {
  const Words state = StateWords(step.state());
  std::string text = absl::StrCat(RenderRunHeader(run.plan().farm_id(), run, style), "\n",
                                  Paint(Clean(step.step()), Tone::kStrong, style), ": ",
                                  Paint(state.text, state.tone, style), "\n");
  for (const auto& [name, value] : StepFacts(step).facts) {
    absl::StrAppend(&text, FactLine(name, value.text));
  }
  for (const report::v1::Attempt& attempt : step.attempts()) {
    absl::StrAppend(&text, RenderAttempt(attempt, style));
  }
  return absl::StrCat(text, RenderNext(step, run, style));
}

}  // namespace baton::ctl
