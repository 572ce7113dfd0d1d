#include "coordinator/ctl/render_findings.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/render_sightings.h"

namespace baton::ctl {
namespace {

using plan::v1::Finding;
using plan::v1::FindingLevel;

// Columns of the longest level and what stands beneath it.
constexpr int kLevelWidth = 8;
constexpr absl::string_view kBeneath = "            ";

Tone ToneOf(const Finding& finding) {
  if (Forbids(finding)) return Tone::kBad;
  if (finding.level() == plan::v1::FINDING_INFO) return Tone::kDim;
  return Tone::kWarn;
}

std::string RenderFinding(const Finding& finding, const Style& style) {
  const std::string level = finding.accepted() ? "accepted" : Word(finding.level());
  std::string text =
      absl::StrCat("  ", Paint(Pad(level, kLevelWidth), ToneOf(finding), style), "  ",
                   Paint(Clean(finding.name()), Tone::kStrong, style),
                   finding.host().empty() ? "" : absl::StrCat(", ", Clean(finding.host())), ": ",
                   Clean(finding.reason()), "\n");
  if (!finding.hint().empty() && !finding.accepted()) {
    absl::StrAppend(&text, kBeneath, "next: ", Clean(finding.hint()), "\n");
  }
  if (Forbids(finding) && finding.acceptable()) {
    absl::StrAppend(&text, kBeneath, "or accept it: --accept ", Clean(finding.name()),
                    " --reason \"...\"\n");
  }
  return text;
}

}  // namespace

std::string RenderFindings(const Findings& findings, const Style& style) {
  if (findings.empty()) return "";
  std::string text = absl::StrCat("findings: ", CountFindings(findings), "\n");
  for (const Finding& finding : findings) absl::StrAppend(&text, RenderFinding(finding, style));
  return text;
}

std::string CountFindings(const Findings& findings) {
  std::vector<std::string> counts;
  const auto count = [&](FindingLevel level, absl::string_view word, absl::string_view words) {
    const auto number = std::count_if(findings.begin(), findings.end(), [level](const Finding& f) {
      return f.level() == level && !f.accepted();
    });
    if (number > 0) counts.push_back(absl::StrCat(number, " ", number == 1 ? word : words));
  };
  count(plan::v1::FINDING_ERROR, "error", "errors");
  count(plan::v1::FINDING_WARNING, "warning", "warnings");
  count(plan::v1::FINDING_INFO, "note", "notes");
  const auto accepted = std::count_if(findings.begin(), findings.end(),
                                      [](const Finding& f) { return f.accepted(); });
  if (accepted > 0) counts.push_back(absl::StrCat(accepted, " accepted"));
  return counts.empty() ? "no findings" : absl::StrJoin(counts, ", ");
}

std::string RenderReadiness(const coordinator::v1::Readiness& readiness, bool emergency,
                            const Style& style) {
  std::string text = absl::StrCat("farm ", Clean(readiness.farm_id()), " | no run | readiness\n");
  absl::StrAppend(&text, RenderFindings(readiness.findings(), style),
                  RenderSightings(readiness.sightings(), style));
  const absl::string_view what = emergency ? "an emergency without these hosts" : "a planned move";
  if (ExitCodeOf(readiness.findings()) == ExitCode::kDone) {
    absl::StrAppend(&text, Paint("ready", Tone::kGood, style), ": nothing forbids ", what, "\n");
  } else {
    absl::StrAppend(&text, Paint("not ready", Tone::kBad, style), ": the errors above forbid ",
                    what, "\n");
  }
  return text;
}

}  // namespace baton::ctl
