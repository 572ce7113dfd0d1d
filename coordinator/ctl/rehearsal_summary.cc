#include "coordinator/ctl/rehearsal_summary.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
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

std::string FaultLine(const rehearse::FaultVerdict& fault) {
  return absl::StrCat(fault.fault, ": expected: ", fault.expected, "; found: ", Clean(fault.found));
}

// "succeeded, 48 of 48 steps"
std::string RenderSteps(const plan::v1::Run& run, const Style& style) {
  return absl::StrFormat(
      "%s, %d of %d steps",
      Paint(PhaseOf(run), run.phase() == plan::v1::RUN_SUCCEEDED ? Tone::kGood : Tone::kBad, style),
      CountStepsDone(run), run.steps_size());
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
      "\n---- rehearsed ----\n%s%s on %d hosts: %s, %.1fs with the lab\n"
      "seen from outside, without asking Baton: %d of %d checks passed\n",
      summary.procedure, summary.to.empty() ? "" : absl::StrCat(" to ", summary.to), summary.hosts,
      RenderSteps(run, style), absl::ToDoubleSeconds(summary.elapsed), checks - failures, checks);
  for (const OutsideCheck& check : summary.checks) {
    // Faults have lines of their own.
    if (check.failure.empty() || absl::StartsWith(check.name, kFaultCheck)) continue;
    absl::StrAppend(&text, "  ", Paint("FAIL", Tone::kBad, style), "  ", FailureLine(check), "\n");
  }
  for (const rehearse::FaultVerdict& fault : summary.faults) {
    const Tone tone = fault.as_expected ? Tone::kGood : Tone::kBad;
    absl::StrAppend(&text, "  ", Paint(fault.as_expected ? " ok " : "FAIL", tone, style), "  ",
                    FaultLine(fault), "\n");
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
  std::vector<std::string> faults;
  for (const rehearse::FaultVerdict& fault : summary.faults) faults.push_back(FaultLine(fault));
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
      .Add("faults", faults)
      .Add("kept", summary.kept_folder);
  return fields;
}

ExitCode WorstOf(const RehearsedAll& all) {
  // From the least to the most.
  constexpr ExitCode kOrder[] = {ExitCode::kDone,    ExitCode::kWaiting, ExitCode::kRefused,
                                 ExitCode::kStopped, ExitCode::kUnknown, ExitCode::kUsage,
                                 ExitCode::kError};
  const auto rank = [&kOrder](ExitCode code) {
    return std::find(std::begin(kOrder), std::end(kOrder), code) - std::begin(kOrder);
  };
  ExitCode worst = ExitCode::kDone;
  for (const RehearsedAll::One& one : all.rehearsals) {
    if (rank(one.exit_code) > rank(worst)) worst = one.exit_code;
  }
  return worst;
}

std::string RenderAll(const RehearsedAll& all, const Style& style) {
  std::string text = "\n---- all rehearsed ----\n";
  for (const RehearsedAll::One& one : all.rehearsals) {
    const bool good = one.exit_code == ExitCode::kDone;
    absl::StrAppendFormat(
        &text, "  %s  %s: %s, %d of %d checks passed, %.1fs\n",
        Paint(good ? " ok " : "FAIL", good ? Tone::kGood : Tone::kBad, style),
        one.summary.procedure, RenderSteps(one.summary.run, style),
        static_cast<int64_t>(one.summary.checks.size()) - CountFailures(one.summary),
        one.summary.checks.size(), absl::ToDoubleSeconds(one.summary.elapsed));
  }
  for (const std::string& line : all.left_out) absl::StrAppend(&text, "  left out: ", line, "\n");
  return text;
}

JsonFields ToFields(const RehearsedAll& all) {
  std::vector<JsonFields> rehearsals;
  for (const RehearsedAll::One& one : all.rehearsals) {
    rehearsals.push_back(ToFields(one.summary));
    rehearsals.back().Add("exit_code", static_cast<int>(one.exit_code));
  }
  JsonFields fields;
  fields.Add("rehearsals", rehearsals).Add("left_out", all.left_out);
  return fields;
}

}  // namespace baton::ctl
