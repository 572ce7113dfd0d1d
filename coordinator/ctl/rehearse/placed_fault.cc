#include "coordinator/ctl/rehearse/placed_fault.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"

namespace baton::rehearse {
namespace {

using plan::v1::Action;
using plan::v1::Step;
using Kind = StepFault::Kind;

// The codes with which services and tools refuse.
constexpr int kServiceBusy = 1061;
constexpr int kToolFails = 1;

// The switches that an action comes upon, the one that is its own first.
std::vector<std::string> SwitchesOf(const Action& action, LabStack stack) {
  switch (action.kind_case()) {
    case Action::kStartService:
      return {absl::StrCat("start-", Word(action.start_service().service()))};
    case Action::kStopService:
      return {absl::StrCat("stop-", Word(action.stop_service().service()))};
    case Action::kSetStartupType:
      if (stack == LabStack::kJava) return {"service-configurator"};
      return {absl::StrCat("set-startup-type-", Word(action.set_startup_type().service()))};
    case Action::kRunTool:
      if (action.run_tool() != plan::v1::CREATE_CACHE_SERVICE) return {Word(action.run_tool())};
      // It starts the cache anew.
      return {Word(action.run_tool()), "stop-cache", "start-cache"};
    default:
      return {};
  }
}

// The steps of a plan, in order.
std::vector<const Step*> StepsOf(const plan::v1::Plan& plan) {
  std::vector<const Step*> steps;
  for (const plan::v1::Stage& stage : plan.stages()) {
    for (const Step& step : stage.steps()) steps.push_back(&step);
  }
  return steps;
}

absl::StatusOr<const Step*> FindStep(const std::vector<const Step*>& steps,
                                     const StepFault& fault) {
  std::vector<std::string> known;
  for (const Step* step : steps) {
    if (step->name() == fault.step) return step;
    if (step->host() == fault.host) known.push_back(step->name());
  }
  return absl::InvalidArgumentError(
      absl::StrCat("fault \"", fault.text, "\": the plan has no such step; of ", fault.host,
                   " it has ", known.empty() ? "none" : absl::StrJoin(known, ", ")));
}

// The words of the switch for what the person asked for.
std::string WordsOf(const StepFault& fault, bool runs_tool) {
  switch (fault.kind) {
    case Kind::kHang:
      return "hang";
    case Kind::kLie:
      return "lie";
    case Kind::kRefuse:
      if (fault.code != 0) return absl::StrCat("fail ", fault.code);
      return absl::StrCat("fail ", runs_tool ? kToolFails : kServiceBusy);
    case Kind::kSlow:
      return absl::StrCat("slow ", absl::ToDoubleSeconds(fault.length));
    default:
      return absl::StrCat("slow ", absl::ToDoubleSeconds(kRoomForFault));
  }
}

// A fault of the agent or of the way to it, not of what the step asks for.
bool IsAboutAgent(const StepFault& fault) {
  return fault.kind == Kind::kKillAgent || fault.kind == Kind::kCut;
}

// The switch is set from the beginning of the run: nobody but the step may come upon it.
absl::Status CheckAlone(const std::vector<const Step*>& steps, const Step& step,
                        const PlacedFault& placed, LabStack stack) {
  for (const Step* other : steps) {
    if (other == &step) return absl::OkStatus();
    if (other->host() != step.host()) continue;
    const std::vector<std::string> used = SwitchesOf(other->action(), stack);
    if (std::find(used.begin(), used.end(), placed.switch_name) == used.end()) continue;
    return absl::InvalidArgumentError(absl::StrCat("fault \"", placed.fault.text, "\": step ",
                                                   other->name(),
                                                   " comes before it and would come upon it"));
  }
  return absl::OkStatus();
}

absl::StatusOr<PlacedFault> PlaceOne(const std::vector<const Step*>& steps, const StepFault& fault,
                                     LabStack stack) {
  ASSIGN_OR_RETURN(const Step* const step, FindStep(steps, fault));
  PlacedFault placed{fault, "", "", plan::v1::TOOL_UNSPECIFIED};
  if (step->action().has_run_tool()) placed.tool = step->action().run_tool();
  const std::vector<std::string> switches = SwitchesOf(step->action(), stack);
  if (switches.empty()) {
    if (IsAboutAgent(fault)) return placed;
    return absl::InvalidArgumentError(
        absl::StrCat("fault \"", fault.text,
                     "\": the step is the agent's own work and asks the platform for nothing: say "
                     "kill-agent or cut SECONDS"));
  }
  placed.switch_name = switches.front();
  placed.switch_words = WordsOf(fault, step->action().has_run_tool());
  const absl::Status alone = CheckAlone(steps, *step, placed, stack);
  if (IsAboutAgent(fault) && !alone.ok()) {
    placed.switch_words.clear();
    return placed;
  }
  RETURN_IF_ERROR(alone);
  return placed;
}

}  // namespace

absl::StatusOr<std::vector<PlacedFault>> PlaceFaults(const plan::v1::Plan& plan,
                                                     const std::vector<StepFault>& faults,
                                                     LabStack stack) {
  const std::vector<const Step*> steps = StepsOf(plan);
  std::vector<PlacedFault> placed;
  for (const StepFault& fault : faults) {
    ASSIGN_OR_RETURN(PlacedFault one, PlaceOne(steps, fault, stack));
    for (PlacedFault& other : placed) {
      if (other.fault.step != fault.step) continue;
      // What was asked for about the step itself gives the agent's fault room enough.
      if (IsAboutAgent(fault)) {
        one.switch_words.clear();
      } else if (IsAboutAgent(other.fault)) {
        other.switch_words.clear();
      } else {
        return absl::InvalidArgumentError(absl::StrCat("faults \"", other.fault.text, "\" and \"",
                                                       fault.text, "\" exclude each other"));
      }
    }
    placed.push_back(std::move(one));
  }
  return placed;
}

}  // namespace baton::rehearse
