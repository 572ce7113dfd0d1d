#include "coordinator/ctl/render_plan.h"

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/words/words.h"
#include "coordinator/ctl/exit_code.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/render_debts.h"
#include "coordinator/ctl/render_findings.h"
#include "coordinator/ctl/render_sightings.h"
#include "coordinator/procedure/confirmation.h"

namespace baton::ctl {
namespace {

using plan::v1::Plan;
using plan::v1::ProcedureRequest;
using plan::v1::Stage;
using plan::v1::Step;

constexpr absl::string_view kBeneath = "     ";
// Columns for the name of a step, before line and time-out.
constexpr int kNameWidth = 44;
constexpr int kSeedWidth = 5;

// Writes the stages of one plan.
class StageWriter {
 public:
  StageWriter(const Plan& plan, const Style& style) : plan_(plan), style_(style) {}

  std::string Write() {
    for (const Stage& stage : plan_.stages()) {
      WriteStage(stage);
    }
    return text_;
  }

 private:
  void WriteStage(const Stage& stage) {
    if (stage.steps().empty()) return;
    absl::StrAppend(&text_, "\n");
    if (stage.steps(0).name() == plan_.first_irreversible_step()) WriteLine();
    absl::StrAppend(&text_, Paint(Clean(stage.name()), Tone::kStrong, style_), Pace(stage), "\n");
    reasons_.clear();
    for (const Step& step : stage.steps()) {
      const bool crosses = step.name() == plan_.first_irreversible_step();
      if (crosses && &step != &stage.steps(0)) WriteLine();
      WriteStep(step);
    }
  }

  void WriteLine() { absl::StrAppend(&text_, Paint(kIrreversibleLine, Tone::kBad, style_), "\n"); }

  // How many hosts are worked on at a time, where that is not one after another.
  static std::string Pace(const Stage& stage) {
    if (stage.max_parallel() <= 1) return "";
    return absl::StrCat(" (", stage.first_lane_leads() ? "the first host alone, then " : "",
                        stage.max_parallel(), " hosts at a time)");
  }

  void WriteStep(const Step& step) {
    absl::StrAppend(&text_, absl::StrFormat("%3d  ", ++number_),
                    Pad(Clean(step.name()), kNameWidth), "  ",
                    Pad(step.seed().empty() ? "-" : Clean(step.seed()), kSeedWidth), "  ",
                    Paint(absl::StrCat("at most ", FormatElapsed(DurationOf(step.timeout()))),
                          Tone::kDim, style_),
                    "\n");
    const std::string sentence = Clean(step.sentence());
    const std::string transition = Clean(step.transition());
    const bool fits =
        DisplayWidth(sentence) + DisplayWidth(transition) + 2 + DisplayWidth(kBeneath) <=
        style_.width;
    absl::StrAppend(&text_, kBeneath, sentence);
    if (!transition.empty()) {
      absl::StrAppend(&text_, fits ? ": " : absl::StrCat("\n", kBeneath, "  "), transition);
    }
    absl::StrAppend(&text_, "\n");
    // The same reason for every host would bury the steps: it stands at the first of a stage.
    if (!step.reason().empty() && reasons_.insert(step.reason()).second) {
      absl::StrAppend(&text_, kBeneath,
                      Paint(absl::StrCat("why: ", Clean(step.reason())), Tone::kDim, style_), "\n");
    }
  }

  const Plan& plan_;
  const Style& style_;
  std::string text_;
  int number_ = 0;
  std::set<std::string> reasons_;
};

// "P2.5" of "P2.5 In the licensing portal, ..."; empty for a line that is not the vendor's.
std::string LineName(const std::string& line) {
  const bool vendors =
      line.size() > 1 && line[0] == 'P' && absl::ascii_isdigit(static_cast<unsigned char>(line[1]));
  return vendors ? line.substr(0, line.find(' ')) : "";
}

// " P2.5 to P2.7"; empty unless all are lines of the vendor's.
std::string LineNames(const Plan& plan) {
  const std::string first = LineName(plan.by_hand(0));
  const std::string last = LineName(plan.by_hand(plan.by_hand_size() - 1));
  if (first.empty() || last.empty()) return "";
  return first == last ? absl::StrCat(" ", first) : absl::StrCat(" ", first, " to ", last);
}

std::string RenderByHand(const Plan& plan) {
  if (plan.by_hand().empty()) return "";
  std::string text = absl::StrCat("still to do by hand:", Clean(LineNames(plan)), "\n");
  for (const std::string& line : plan.by_hand()) absl::StrAppend(&text, "  ", Clean(line), "\n");
  return text;
}

// What becomes of which front-ends.
std::string GroupPurpose(const ProcedureRequest& request) {
  std::vector<std::string> parts;
  if (!request.activate().empty()) {
    parts.push_back(absl::StrCat("activate ", absl::StrJoin(request.activate(), ", ")));
  }
  if (!request.deactivate().empty()) {
    parts.push_back(absl::StrCat("deactivate ", absl::StrJoin(request.deactivate(), ", ")));
  }
  return absl::StrJoin(parts, "; ");
}

std::string Purpose(const Plan& plan) {
  const std::string procedure = Word(plan.request().procedure());
  if (!plan.request().undoes().empty()) {
    return absl::StrCat(
        "undo of run ", plan.request().undoes(), ", ", procedure,
        plan.new_controller().empty()
            ? ": the front-ends go back to their groups"
            : absl::StrCat(": the Deployment Controller goes back to ", plan.new_controller()));
  }
  if (!plan.request().pays().empty()) {
    return absl::StrCat("debt of ", plan.request().pays(), ": it becomes what the assignment says");
  }
  const std::string groups = GroupPurpose(plan.request());
  if (!groups.empty()) {
    return absl::StrCat(
        procedure, ": ", groups,
        plan.old_controller().empty() ? "" : "; the Deployment Controller stays on ",
        plan.old_controller());
  }
  if (plan.new_controller().empty()) return procedure;
  return absl::StrCat(
      procedure, ": the Deployment Controller moves",
      plan.old_controller().empty() ? "" : absl::StrCat(" from ", plan.old_controller()), " to ",
      plan.new_controller(), "; republish: ", Word(plan.request().republish()));
}

// " --emergency --lost fe1 --on-lost fe1=owe"; empty for a planned run.
std::string EmergencyWords(const ProcedureRequest& request) {
  if (!request.emergency()) return "";
  std::string words = " --emergency";
  for (const plan::v1::LostHost& lost : request.lost()) {
    absl::StrAppend(&words, " --lost ", ShellWord(lost.host()));
    if (lost.confirmed_off()) {
      absl::StrAppend(&words, " --confirmed-off ", ShellWord(lost.host()));
    } else if (lost.on_lost() != plan::v1::ON_LOST_UNSPECIFIED) {
      absl::StrAppend(&words, " --on-lost ",
                      ShellWord(absl::StrCat(lost.host(), "=", Word(lost.on_lost()))));
    }
  }
  return words;
}

}  // namespace

int CountSteps(const Plan& plan) {
  int count = 0;
  for (const Stage& stage : plan.stages()) count += stage.steps_size();
  return count;
}

std::string RenderPlanHead(const Plan& plan, const Style& style) {
  return absl::StrCat("farm ", Clean(plan.farm_id()), " | plan ", Clean(plan.plan_id()),
                      ", no run | step 0 of ", CountSteps(plan), " | made ",
                      FormatTime(TimeOf(plan.create_time()), style), " | ", Clean(plan.actor()),
                      "\n", Clean(Purpose(plan)), "\n", RenderWithout(plan),
                      RenderFindings(plan.findings(), style),
                      RenderSightings(plan.observation().sightings(), style));
}

std::string RenderPlan(const Plan& plan, const Style& style) {
  const int steps = CountSteps(plan);
  std::string text =
      absl::StrCat(RenderPlanHead(plan, style), StageWriter(plan, style).Write(), "\n");
  if (steps > 0) {
    absl::StrAppend(
        &text, steps, " steps on ", plan.hosts_size(), plan.hosts_size() == 1 ? " host" : " hosts",
        plan.first_irreversible_step().empty() ? "; none of them is irreversible" : "", "\n");
  }
  absl::StrAppend(&text, "plan ", Clean(plan.plan_id()), "  digest ",
                  absl::BytesToHexString(plan.digest()), "\n", RenderByHand(plan));
  return text;
}

std::string PlanCommand(const ProcedureRequest& request, const Style& style) {
  const std::string& back = request.undoes().empty() ? request.fails_back() : request.undoes();
  if (!back.empty()) {
    return absl::StrCat(style.program, request.undoes().empty() ? " failback " : " undo ",
                        ShellWord(back), " --reason \"...\"");
  }
  if (!request.pays().empty()) {
    return absl::StrCat(style.program, " debts pay ", ShellWord(request.pays()),
                        " --reason \"...\"");
  }
  std::string command = absl::StrCat(style.program, " plan ", Word(request.procedure()));
  if (!request.to().empty()) absl::StrAppend(&command, " --to ", ShellWord(request.to()));
  const auto add = [&command](absl::string_view option, const auto& hosts) {
    if (!hosts.empty()) absl::StrAppend(&command, " ", option);
    for (const std::string& host : hosts) absl::StrAppend(&command, " ", ShellWord(host));
  };
  add("--activate", request.activate());
  add("--deactivate", request.deactivate());
  // `full` is what comes without saying.
  if (request.republish() > plan::v1::REPUBLISH_FULL) {
    absl::StrAppend(&command, " --republish ", Word(request.republish()));
  }
  absl::StrAppend(&command, EmergencyWords(request));
  if (request.republish() == plan::v1::REPUBLISH_NONE || request.emergency()) {
    absl::StrAppend(&command, " --reason ", ShellWord(request.reason()));
  }
  return command;
}

std::string RunCommand(const Plan& plan, const Style& style) {
  return absl::StrCat(style.program, " run --plan ", ShellWord(plan.plan_id()), " --yes ",
                      ShellWord(ConfirmationOf(plan)));
}

std::string RenderPlanNext(const Plan& plan, const Style& style) {
  if (ExitCodeOf(plan.findings()) == ExitCode::kDone && CountSteps(plan) > 0) {
    return absl::StrCat("next: ", RunCommand(plan, style), "\n");
  }
  return absl::StrCat(Paint("refused", Tone::kBad, style),
                      ": this plan cannot be run; nothing was changed\n",
                      "why: ", CountFindings(plan.findings()), "\n",
                      "next: do what the findings say, then plan again\n");
}

}  // namespace baton::ctl
