#include "tests/support/plan_text.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/words/words.h"

namespace baton {
namespace {

// Its line of the vendor's procedure, time-out and marks.
std::string MarksText(const plan::v1::Step& step) {
  return absl::StrCat("[", step.seed().empty() ? "-" : step.seed(), " ", step.timeout().seconds(),
                      "s", step.farm_exclusive() ? " exclusive" : "",
                      step.repeatable() ? "" : " once", step.owable() ? " owable" : "", "]");
}

std::string StepText(const plan::v1::Step& step) {
  return absl::StrCat("  ", step.name(), " ", MarksText(step), " ", step.sentence(),
                      step.transition().empty() ? "" : ": ", step.transition(), "\n");
}

std::string HeadText(const plan::v1::Plan& plan) {
  const std::string old_controller = plan.old_controller().empty() ? "?" : plan.old_controller();
  return absl::StrCat(
      old_controller,
      plan.new_controller().empty() ? " stays" : absl::StrCat(" -> ", plan.new_controller()),
      ", hosts ", absl::StrJoin(plan.hosts(), " "), "\n", FindingsText(plan));
}

std::string StageText(const plan::v1::Stage& stage) {
  return absl::StrCat(stage.name(), ", ", stage.max_parallel(), " at a time",
                      stage.first_lane_leads() ? ", the first leads" : "", "\n");
}

// "owes: fe1, stand-down: named lost: fe1 burnt; off: ..."
std::string DebtsText(const plan::v1::Plan& plan) {
  std::string text;
  for (const plan::v1::Debt& debt : plan.debts()) {
    absl::StrAppend(&text, "owes: ", debt.host(), debt.stand_down() ? ", stand-down" : "", ": ",
                    debt.reason(), debt.off_proof().empty() ? "" : "; off: ", debt.off_proof(),
                    "\n");
  }
  return text;
}

std::string ByHandText(const plan::v1::Plan& plan) {
  std::string text;
  for (const std::string& line : plan.by_hand()) absl::StrAppend(&text, "by hand: ", line, "\n");
  return text;
}

// Hosts whose lanes, one behind the other in the stage, have the same steps.
struct LaneGroup {
  std::vector<std::string> hosts;
  std::vector<std::string> steps;
};

// What the step does, without its host: `apply [P2.3 630s exclusive]`.
std::string LaneStepText(const plan::v1::Step& step) {
  const std::vector<std::string> parts = absl::StrSplit(step.name(), '/');
  return absl::StrCat(parts.back(), " ", MarksText(step));
}

std::vector<LaneGroup> LaneGroups(const plan::v1::Stage& stage) {
  std::vector<LaneGroup> lanes;
  for (const plan::v1::Step& step : stage.steps()) {
    if (lanes.empty() || lanes.back().hosts.front() != step.host())
      lanes.push_back({{step.host()}, {}});
    lanes.back().steps.push_back(LaneStepText(step));
  }
  std::vector<LaneGroup> groups;
  for (LaneGroup& lane : lanes) {
    if (!groups.empty() && groups.back().steps == lane.steps) {
      groups.back().hosts.push_back(lane.hosts.front());
    } else {
      groups.push_back(std::move(lane));
    }
  }
  return groups;
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
  std::string text = HeadText(plan);
  for (const plan::v1::Stage& stage : plan.stages()) {
    absl::StrAppend(&text, StageText(stage));
    for (const plan::v1::Step& step : stage.steps()) {
      if (step.name() == plan.first_irreversible_step()) {
        absl::StrAppend(&text, "  --- cannot be undone from here ---\n");
      }
      absl::StrAppend(&text, StepText(step));
      for (const std::string& line : step.action().gate().instructions()) {
        absl::StrAppend(&text, "    - ", line, "\n");
      }
      for (const plan::v1::GateInput& input : step.action().gate().inputs()) {
        if (input.expected().empty()) continue;
        absl::StrAppend(&text, "    ", input.name(), " must be ", input.expected(), "\n");
      }
      for (const plan::v1::ToolArgument& argument : step.action().arguments()) {
        absl::StrAppend(&text, "    ", argument.ShortDebugString(), "\n");
      }
    }
  }
  return absl::StrCat(text, DebtsText(plan), ByHandText(plan));
}

std::string LanesText(const plan::v1::Plan& plan) {
  std::string text = HeadText(plan);
  for (const plan::v1::Stage& stage : plan.stages()) {
    absl::StrAppend(&text, StageText(stage));
    for (const LaneGroup& group : LaneGroups(stage)) {
      absl::StrAppend(&text, "  on ", absl::StrJoin(group.hosts, " "), "\n    ",
                      absl::StrJoin(group.steps, "\n    "), "\n");
    }
  }
  return absl::StrCat(text, DebtsText(plan), ByHandText(plan));
}

}  // namespace baton
