#include "coordinator/ctl/rehearsal_summary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/words/words.h"

namespace baton::ctl {
namespace {

using rehearse::OutsideCheck;

int64_t CountStepsDone(const plan::v1::Run& run) {
  return std::count_if(run.steps().begin(), run.steps().end(), [](const auto& step) {
    return step.state() == plan::v1::SUCCEEDED || step.state() == plan::v1::SKIPPED;
  });
}

std::string PhaseOf(const plan::v1::Run& run) {
  return run.steps().empty() ? "not begun" : Word(run.phase());
}

std::string FailureLine(const OutsideCheck& check) {
  return absl::StrCat(check.name, ": ", Clean(check.failure));
}

}  // namespace

int64_t CountFailures(const RehearsalSummary& summary) {
  return std::count_if(summary.checks.begin(), summary.checks.end(),
                       [](const OutsideCheck& check) { return !check.failure.empty(); });
}

std::string RenderSummary(const RehearsalSummary& summary, const Style& style) {
  const plan::v1::Run& run = summary.run;
  const auto checks = static_cast<int64_t>(summary.checks.size());
  const int64_t failures = CountFailures(summary);
  std::string text = absl::StrFormat(
      "\n---- rehearsed ----\n%s%s on %d hosts: %s, %d of %d steps, %.1fs with the lab\n"
      "seen from outside, without asking Baton: %d of %d checks passed\n",
      summary.procedure, summary.to.empty() ? "" : absl::StrCat(" to ", summary.to), summary.hosts,
      Paint(PhaseOf(run), run.phase() == plan::v1::RUN_SUCCEEDED ? Tone::kGood : Tone::kBad, style),
      CountStepsDone(run), run.steps_size(), absl::ToDoubleSeconds(summary.elapsed),
      checks - failures, checks);
  for (const OutsideCheck& check : summary.checks) {
    if (check.failure.empty()) continue;
    absl::StrAppend(&text, "  ", Paint("FAIL", Tone::kBad, style), "  ", FailureLine(check), "\n");
  }
  text +=
      "real: agents, Baton coordinator, gRPC, mutual TLS, files, journal\n"
      "simulated: the platform's services and tools (platform-standin)\n";
  if (run.phase() == plan::v1::RUN_PAUSED) {
    text += "the lab has ended: the commands above are for a farm that lives on\n";
  }
  if (!summary.kept_folder.empty()) absl::StrAppend(&text, "kept: ", summary.kept_folder, "\n");
  return text;
}

JsonFields ToFields(const RehearsalSummary& summary) {
  std::vector<std::string> failures;
  for (const OutsideCheck& check : summary.checks) {
    if (!check.failure.empty()) failures.push_back(FailureLine(check));
  }
  JsonFields fields;
  fields.Add("procedure", summary.procedure)
      .Add("to", summary.to)
      .Add("hosts", static_cast<int>(summary.hosts))
      .Add("run", summary.run.run())
      .Add("phase", PhaseOf(summary.run))
      .Add("steps", summary.run.steps_size())
      .Add("steps_done", static_cast<int>(CountStepsDone(summary.run)))
      .Add("milliseconds", static_cast<int>(absl::ToInt64Milliseconds(summary.elapsed)))
      .Add("outside_checks", static_cast<int>(summary.checks.size()))
      .Add("outside_failures", failures)
      .Add("kept", summary.kept_folder);
  return fields;
}

}  // namespace baton::ctl
