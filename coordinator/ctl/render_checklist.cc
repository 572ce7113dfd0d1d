#include "coordinator/ctl/render_checklist.h"

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/words/words.h"
#include "coordinator/ctl/options.h"
#include "coordinator/ctl/render_plan.h"

namespace baton::ctl {
namespace {

using plan::v1::Action;
using plan::v1::Plan;
using plan::v1::Profile;
using plan::v1::Stage;
using plan::v1::Step;

// One thing to do.
struct Box {
  std::string title;
  std::vector<std::string> lines;  // how
  std::string check;               // what shows that it worked
};

// The startup type as the platform's own dialogs write it: "Automatic".
std::string TypeTitle(plan::v1::StartupType type) {
  std::string word = Word(type);
  word[0] = absl::ascii_toupper(static_cast<unsigned char>(word[0]));
  return word;
}

// The hook's command with what it is told of the run, to be pasted.
std::string HookCommand(const Step& step) {
  std::string line = "env BATON_RUN=by-hand";
  for (const std::string& variable : step.action().hook().environment()) {
    absl::StrAppend(&line, " ", ShellWord(variable));
  }
  return absl::StrCat(line, " ", step.transition());
}

// The steps of one host, in the words of its profile.
class HostWords {
 public:
  explicit HostWords(const Profile& profile) : profile_(profile) {}

  Box ForService(const Step& step) const {
    const Action& action = step.action();
    if (action.has_start_service()) {
      const plan::v1::Service service = action.start_service().service();
      return {step.sentence(), Lines(profile_.services_by_hand().start(), service, ""),
              absl::StrCat("it runs", PortWords(service))};
    }
    if (action.has_stop_service()) {
      return {step.sentence(),
              Lines(profile_.services_by_hand().stop(), action.stop_service().service(), ""),
              "it is stopped"};
    }
    const plan::v1::ServiceGoal& goal = action.set_startup_type();
    const std::string type = TypeTitle(goal.startup_type());
    return {step.sentence(),
            Lines(profile_.services_by_hand().startup_type(), goal.service(), type),
            absl::StrCat("its startup type is ", type)};
  }

  Box ForRewrite(const Step& step) const {
    Box box{step.sentence(), {}, "the value is the same on every host, letter by letter"};
    for (const plan::v1::SettingChange& change : step.action().rewrite().changes()) {
      const std::string value =
          !change.secret().empty()
              ? absl::StrCat("as the secret ", change.secret(), " says")
              : absl::StrCat(change.new_value(), change.old_value().empty() ? "" : ", instead of ",
                             change.old_value());
      box.lines.push_back(absl::StrCat(PlaceOf(change.setting()), ": ", value));
    }
    return box;
  }

  Box ForTool(const Step& step) const {
    Box box{step.sentence(), {}, "it ends without an error"};
    for (const plan::v1::ToolProfile& tool : profile_.tools()) {
      if (tool.tool() != step.action().run_tool()) continue;
      box.lines.assign(tool.by_hand().begin(), tool.by_hand().end());
    }
    if (box.lines.empty()) {
      box.lines.push_back(
          absl::StrCat("the platform's own tool: ", Word(step.action().run_tool())));
    }
    return box;
  }

  // The vendor's apply stops and starts these by itself.
  bool RestartsWithApply(plan::v1::Service service) const {
    const plan::v1::ServiceProfile* profile = Find(service);
    return profile != nullptr && profile->restarts_with_platform();
  }

 private:
  const plan::v1::ServiceProfile* Find(plan::v1::Service service) const {
    for (const plan::v1::ServiceProfile& profile : profile_.services()) {
      if (profile.service() == service) return &profile;
    }
    return nullptr;
  }

  std::vector<std::string> Lines(const std::string& pattern, plan::v1::Service service,
                                 const std::string& type) const {
    const plan::v1::ServiceProfile* profile = Find(service);
    if (pattern.empty() || profile == nullptr) return {};
    return {absl::StrReplaceAll(pattern, {{"$service", profile->display_name()}, {"$type", type}})};
  }

  std::string PortWords(plan::v1::Service service) const {
    const plan::v1::ServiceProfile* profile = Find(service);
    if (profile == nullptr || profile->ports().empty()) return "";
    return absl::StrCat(" and its port accepts connections: ",
                        absl::StrJoin(profile->ports(), " or "));
  }

  std::string PlaceOf(plan::v1::Setting setting) const {
    for (const plan::v1::SettingProfile& profile : profile_.settings()) {
      if (profile.setting() == setting) return profile.by_hand();
    }
    return Word(setting);
  }

  const Profile& profile_;
};

// Writes the boxes of one plan.
class ChecklistWriter {
 public:
  ChecklistWriter(const Plan& plan, const Style& style) : plan_(plan), style_(style) {}

  std::string Write() {
    for (const Stage& stage : plan_.stages()) {
      applied_.clear();
      heading_.clear();
      for (const Step& step : stage.steps()) WriteStep(stage, step);
    }
    WriteEnd();
    return text_;
  }

 private:
  void WriteStep(const Stage& stage, const Step& step) {
    if (step.name() == plan_.first_irreversible_step()) {
      absl::StrAppend(&text_, "\n", Paint(kIrreversibleLine, Tone::kBad, style_), "\n");
      heading_.clear();
    }
    const Box box = BoxFor(step);
    if (box.title.empty()) return;
    const std::string heading =
        absl::StrCat(stage.name(), ", on ",
                     step.host().empty() ? "the machine of the Baton coordinator" : step.host());
    if (heading != heading_) WriteHeading(heading);
    heading_ = heading;
    WriteBox(box, step.seed());
  }

  // Empty for what a person has no use for.
  Box BoxFor(const Step& step) {
    const HostWords words(ProfileOf(step.host()));
    const Action& action = step.action();
    switch (action.kind_case()) {
      case Action::kSetAssignment:
      case Action::kExpectUnchanged:
        return {};
      case Action::kStartService:
      case Action::kStopService:
        if (Restarted(step, words)) return AfterRestart(step, words);
        return words.ForService(step);
      case Action::kSetStartupType:
        return words.ForService(step);
      case Action::kRewrite:
        return words.ForRewrite(step);
      case Action::kRunTool:
        if (action.run_tool() == plan::v1::APPLY_CONFIGURATION) applied_.insert(step.host());
        return words.ForTool(step);
      case Action::kGate:
        return {step.sentence(),
                {action.gate().instructions().begin(), action.gate().instructions().end()},
                ""};
      case Action::kHook:
        return {step.sentence(), {HookCommand(step)}, "exit code 0"};
      default:
        return {step.sentence(),
                step.transition().empty() ? std::vector<std::string>()
                                          : std::vector<std::string>{step.transition()},
                ""};
    }
  }

  // The person accepted the restart of all services when the configuration was applied.
  bool Restarted(const Step& step, const HostWords& words) const {
    const plan::v1::ServiceGoal& goal = step.action().has_start_service()
                                            ? step.action().start_service()
                                            : step.action().stop_service();
    return applied_.count(step.host()) > 0 && words.RestartsWithApply(goal.service());
  }

  static Box AfterRestart(const Step& step, const HostWords& words) {
    if (step.action().has_stop_service()) return {};
    Box box = words.ForService(step);
    box.title = absl::StrCat("See that the restart brought the ",
                             ServiceTitle(step.action().start_service().service()), " on ",
                             step.host(), " up");
    for (std::string& line : box.lines) line = absl::StrCat("if not: ", line);
    return box;
  }

  const Profile& ProfileOf(const std::string& host) const {
    for (const plan::v1::HostObservation& observation : plan_.observation().hosts()) {
      if (observation.host() == host) return observation.state().profile();
    }
    return Profile::default_instance();
  }

  void WriteHeading(const std::string& heading) {
    absl::StrAppend(&text_, "\n", Paint(Clean(heading), Tone::kStrong, style_), "\n");
  }

  void WriteBox(const Box& box, const std::string& seed) {
    absl::StrAppend(&text_, absl::StrFormat("%3d  [ ] ", ++number_), Clean(box.title),
                    seed.empty() ? "" : absl::StrCat(" (", Clean(seed), ")"), "\n");
    for (const std::string& line : box.lines) {
      absl::StrAppend(&text_, "         - ", Clean(line), "\n");
    }
    if (box.check.empty()) return;
    absl::StrAppend(&text_, "         ",
                    Paint(absl::StrCat("check: ", Clean(box.check)), Tone::kDim, style_), "\n");
  }

  // What the plan leaves to people anyway, and what Baton must hear of.
  void WriteEnd() {
    if (number_ == 0) return;
    std::vector<Box> boxes;
    for (const std::string& line : plan_.by_hand()) boxes.push_back({line, {}, ""});
    if (plan_.has_assignment()) {
      const std::string& cache = plan_.assignment().cache();
      boxes.push_back(
          {"Tell Baton what was done without it",
           {absl::StrCat(style_.program, " adopt --controller ",
                         ShellWord(plan_.assignment().controller()),
                         cache.empty() ? "" : absl::StrCat(" --cache ", ShellWord(cache)),
                         " --reason \"done by hand\"")},
           ""});
    }
    if (boxes.empty()) return;
    WriteHeading("at the end");
    for (const Box& box : boxes) WriteBox(box, "");
  }

  const Plan& plan_;
  const Style& style_;
  std::string text_;
  std::string heading_;
  std::set<std::string> applied_;  // hosts whose configuration was applied in this stage
  int number_ = 0;
};

}  // namespace

std::string RenderChecklist(const Plan& plan, const Style& style) {
  return absl::StrCat(RenderPlanHead(plan, style), "by hand, one box after the other:\n",
                      ChecklistWriter(plan, style).Write(), "\n");
}

}  // namespace baton::ctl
