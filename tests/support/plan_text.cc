#include "tests/support/plan_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"

namespace baton {
namespace {

std::string StepText(const plan::v1::Step& step) {
  return absl::StrCat("  ", step.name(), " [", step.seed().empty() ? "-" : step.seed(), " ",
                      step.timeout().seconds(), "s", step.farm_exclusive() ? " exclusive" : "",
                      step.repeatable() ? "" : " once", "] ", step.sentence(),
                      step.transition().empty() ? "" : ": ", step.transition(), "\n");
}

}  // namespace

std::string FindingsText(const plan::v1::Plan& plan) {
  std::string text;
  for (const plan::v1::Finding& finding : plan.findings()) {
    absl::StrAppend(&text, Word(finding.level()), " ", finding.name(),
                    finding.host().empty() ? "" : " on ", finding.host(),
                    finding.accepted() ? " (accepted)" : "", ": ", finding.reason(), "\n");
  }
  return text;
}

std::string PlanText(const plan::v1::Plan& plan) {
  const std::string old_controller = plan.old_controller().empty() ? "?" : plan.old_controller();
  std::string text = absl::StrCat(
      old_controller,
      plan.new_controller().empty() ? " stays" : absl::StrCat(" -> ", plan.new_controller()),
      ", hosts ", absl::StrJoin(plan.hosts(), " "), "\n", FindingsText(plan));
  for (const plan::v1::Stage& stage : plan.stages()) {
    absl::StrAppend(&text, stage.name(), ", ", stage.max_parallel(), " at a time",
                    stage.first_lane_leads() ? ", the first leads" : "", "\n");
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() == plan.first_irreversible_step()) {
        absl::StrAppend(&text, "  --- cannot be undone from here ---\n");
      }
      absl::StrAppend(&text, StepText(step));
      for (const std::string& line : step.action().gate().instructions()) {
        absl::StrAppend(&text, "    - ", line, "\n");
      }
      for (const plan::v1::ToolArgument& argument : step.action().arguments()) {
        absl::StrAppend(&text, "    ", argument.ShortDebugString(), "\n");
      }
    }
  }
  for (const std::string& line : plan.by_hand()) absl::StrAppend(&text, "by hand: ", line, "\n");
  return text;
}

}  // namespace baton
