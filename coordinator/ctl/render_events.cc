#include "coordinator/ctl/render_events.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "coordinator/ctl/record_words.h"
#include "coordinator/ctl/render_run.h"

namespace baton::ctl {
namespace {

using coordinator::v1::RunEvent;
using journal::v1::Record;
using plan::v1::StepStatus;

// " 5/23  ok   repoint/fe2/apply": number, mark and name of a step.
std::string StepWords(const std::string& step, plan::v1::StepState state,
                      const RunProgress& progress, const Style& style) {
  const Mark mark = MarkOf(state);
  return absl::StrFormat("%3d/%-3d %s  %s", progress.NumberOf(step), progress.run().steps_size(),
                         Paint(mark.text, mark.tone, style), Clean(step));
}

std::string StepStartedLine(const Record& record, const RunProgress& progress, const Style& style) {
  const journal::v1::StepStarted& started = record.step_started();
  std::string line = StepWords(started.step(), plan::v1::STARTED, progress, style);
  if (started.attempt() > 1) absl::StrAppend(&line, "  try ", started.attempt());
  return absl::StrCat(line, "  ", progress.SentenceOf(started.step()));
}

std::string StepFinishedLine(const Record& record, const RunProgress& progress,
                             const Style& style) {
  const journal::v1::StepFinished& finished = record.step_finished();
  std::string line = StepWords(finished.step(), finished.state(), progress, style);
  const int number = progress.NumberOf(finished.step());
  if (number > 0) {
    const StepStatus& step = progress.run().steps(number - 1);
    if (step.attempt() == finished.attempt()) {
      absl::StrAppend(&line, "  ", StepElapsed(step, style.now));
    }
  }
  if (!finished.detail().empty()) absl::StrAppend(&line, "  ", Clean(finished.detail()));
  return line;
}

std::string GateLine(const Record& record, const RunProgress& progress, const Style& style) {
  const journal::v1::GateAnswered& answered = record.gate_answered();
  const plan::v1::StepState state =
      answered.approved() ? plan::v1::SUCCEEDED : plan::v1::STEP_FAILED;
  return absl::StrCat(StepWords(answered.step(), state, progress, style),
                      answered.approved() ? "  approved by " : "  rejected by ",
                      Clean(record.actor()), ": ", Clean(answered.reason()));
}

std::string RecordLine(const Record& record, const RunProgress& progress, const Style& style) {
  if (record.has_step_started()) return StepStartedLine(record, progress, style);
  if (record.has_step_finished()) return StepFinishedLine(record, progress, style);
  if (record.has_gate_answered()) return GateLine(record, progress, style);
  return Clean(RecordWords(record));
}

// The line of one step in a live view.
std::string LiveStep(const StepStatus& step, const Style& style) {
  const Mark mark = MarkOf(step.state());
  std::string rest = absl::StrCat("  ", Clean(step.step()));
  const std::string elapsed = StepElapsed(step, style.now);
  if (!elapsed.empty()) absl::StrAppend(&rest, "  ", elapsed);
  if (!step.detail().empty()) absl::StrAppend(&rest, "  ", Clean(step.detail()));
  return absl::StrCat(Paint(mark.text, mark.tone, style),
                      Cut(rest, style.width - DisplayWidth(mark.text)));
}

// The step that a live view shows in any case: the first under way, else the first that is pending.
int FocusOf(const plan::v1::Run& run) {
  int pending = -1;
  for (int i = 0; i < run.steps_size(); ++i) {
    if (run.steps(i).state() == plan::v1::STARTED) return i;
    if (pending < 0 && run.steps(i).state() == plan::v1::PENDING) pending = i;
  }
  return pending < 0 ? run.steps_size() - 1 : pending;
}

}  // namespace

std::string RenderOutput(absl::string_view output) {
  std::string lines;
  for (const absl::string_view line : absl::StrSplit(output, '\n', absl::SkipEmpty())) {
    absl::StrAppend(&lines, "                 | ", Clean(line), "\n");
  }
  return lines;
}

std::string RenderEvent(const RunEvent& event, const RunProgress& progress, const Style& style) {
  if (!event.has_record()) return "";
  return absl::StrCat(FormatTimeOfDay(TimeOf(event.record().time()), style), "  ",
                      RecordLine(event.record(), progress, style), "\n");
}

std::string RenderLive(const RunProgress& progress, int height, const Style& style) {
  // Of the lines below the header, this part at most is for steps that are done.
  constexpr int kDonePart = 3;
  constexpr int kDoneMax = 4;
  const plan::v1::Run& run = progress.run();
  Style plain = style;
  plain.colour = false;  // what is cut must not hold colours
  std::vector<std::string> lines = {
      Cut(RenderRunHeader(run.plan().farm_id(), run, style), style.width),
      Cut(RenderPhase(run, plain), style.width)};
  const int room = height - static_cast<int>(lines.size());
  const int first = std::max(0, FocusOf(run) - std::clamp(room / kDonePart, 0, kDoneMax));
  for (int i = first; i < run.steps_size() && static_cast<int>(lines.size()) < height; ++i) {
    lines.push_back(LiveStep(run.steps(i), style));
    if (run.steps(i).state() != plan::v1::STARTED) continue;
    for (const std::string& output : progress.TailOf(run.steps(i).step())) {
      if (output.empty()) continue;
      lines.push_back(
          Paint(Cut(absl::StrCat("      | ", Clean(output)), style.width), Tone::kDim, style));
    }
  }
  lines.resize(std::min(lines.size(), static_cast<size_t>(std::max(0, height))));
  return absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
}

}  // namespace baton::ctl
