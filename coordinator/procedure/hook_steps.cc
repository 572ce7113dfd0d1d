#include "coordinator/procedure/hook_steps.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/words/shell_word.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using plan::v1::Hook;
using plan::v1::Plan;
using plan::v1::Stage;
using plan::v1::Step;

absl::string_view Before(HookPlace place) {
  return place == HookPlace::kBeforeStage || place == HookPlace::kBeforeHost ? "before" : "after";
}

// The name of a label as a part of a variable's name.
std::string VariablePart(absl::string_view label) {
  std::string part = absl::AsciiStrToUpper(label);
  for (char& c : part) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return part;
}

// Makes the steps of one plan's hooks.
class HookInserter {
 public:
  HookInserter(const FarmFile& file, const Plan& plan) : file_(file), plan_(plan) {}

  std::vector<Stage> Insert() const {
    std::vector<Stage> stages;
    for (const Stage& stage : plan_.stages()) {
      Add(Around(stage, HookPlace::kBeforeStage), stages);
      stages.push_back(WithHostHooks(stage));
      Add(Around(stage, HookPlace::kAfterStage), stages);
    }
    return stages;
  }

 private:
  static void Add(Stage stage, std::vector<Stage>& stages) {
    if (!stage.steps().empty()) stages.push_back(std::move(stage));
  }

  std::vector<const FarmHook*> HooksOf(const Stage& stage, HookPlace place) const {
    std::vector<const FarmHook*> hooks;
    for (const FarmHook& hook : file_.hooks) {
      const bool here = hook.place == place && hook.stage == stage.name();
      if (here && hook.AppliesTo(plan_.request().procedure())) hooks.push_back(&hook);
    }
    return hooks;
  }

  // The hooks before or after a stage, one after the other.
  Stage Around(const Stage& stage, HookPlace place) const {
    Stage around;
    around.set_name(absl::StrCat(Before(place), "-", stage.name()));
    around.set_max_parallel(1);
    for (const FarmHook* hook : HooksOf(stage, place)) {
      Step step = MakeStep(*hook, "");
      step.set_name(absl::StrCat(around.name(), "/", kNoHost, "/", hook->name));
      *around.add_steps() = std::move(step);
    }
    return around;
  }

  // A host may have several lanes in a stage: it begins with the first and ends with the last.
  Stage WithHostHooks(const Stage& stage) const {
    Stage result = stage;
    result.clear_steps();
    for (auto here = stage.steps().begin(); here != stage.steps().end(); ++here) {
      if (here->host().empty()) {
        *result.add_steps() = *here;
        continue;
      }
      const auto same = [&here](const Step& other) { return other.host() == here->host(); };
      if (std::none_of(stage.steps().begin(), here, same)) {
        AddHostHooks(stage, HookPlace::kBeforeHost, here->host(), result);
      }
      *result.add_steps() = *here;
      if (std::none_of(here + 1, stage.steps().end(), same)) {
        AddHostHooks(stage, HookPlace::kAfterHost, here->host(), result);
      }
    }
    return result;
  }

  void AddHostHooks(const Stage& stage, HookPlace place, const std::string& host,
                    Stage& result) const {
    for (const FarmHook* hook : HooksOf(stage, place)) {
      Step step = MakeStep(*hook, host);
      step.set_name(absl::StrCat(stage.name(), "/", host, "/", Before(place), "-", hook->name));
      *result.add_steps() = std::move(step);
    }
  }

  Step MakeStep(const FarmHook& hook, const std::string& host) const {
    Step step;
    step.set_host(host);
    Hook& action = *step.mutable_action()->mutable_hook();
    action.set_name(hook.name);
    action.set_position(hook.Position());
    for (const std::string& word : hook.command) action.add_command(word);
    action.set_warn_only(hook.warn_only);
    for (std::string& variable : Environment(hook, host)) {
      action.add_environment(std::move(variable));
    }
    step.set_sentence(absl::StrCat("Run hook ", hook.name, " ", Before(hook.place), " ", hook.stage,
                                   host.empty() ? "" : absl::StrCat(" of ", host),
                                   hook.warn_only ? "; a failure only warns" : ""));
    const auto append = [](std::string* text, const std::string& word) {
      text->append(ShellWord(word));
    };
    step.set_transition(absl::StrJoin(hook.command, " ", append));
    step.set_reason("farm.yaml asks for it; Baton cannot tell what it does, and cannot undo it");
    *step.mutable_timeout() = google::protobuf::util::TimeUtil::NanosecondsToDuration(
        absl::ToInt64Nanoseconds(hook.timeout));
    step.set_repeatable(hook.repeatable);
    return step;
  }

  std::string AddressOf(const std::string& host) const {
    const FarmHost* entry = file_.Find(host);
    return entry == nullptr ? "" : entry->platform_address;
  }

  // Those that do not apply are empty, not unset, so that scripts may insist on them.
  std::vector<std::string> Environment(const FarmHook& hook, const std::string& host) const {
    const plan::v1::ProcedureRequest& request = plan_.request();
    // The request of an undo is that of the run that it undoes: its groups change back.
    const bool back = !request.undoes().empty();
    const auto& up = request.activate();
    const auto& down = request.deactivate();
    std::vector<std::string> variables = {
        absl::StrCat("BATON_FARM=", file_.farm_id),
        absl::StrCat("BATON_PROCEDURE=", Word(request.procedure())),
        absl::StrCat("BATON_HOOK=", hook.name),
        absl::StrCat("BATON_AT=", hook.Position()),
        absl::StrCat("BATON_STAGE=", hook.stage),
        absl::StrCat("BATON_HOST=", host),
        absl::StrCat("BATON_HOST_ADDRESS=", AddressOf(host)),
        absl::StrCat("BATON_OLD_CONTROLLER=", plan_.old_controller()),
        absl::StrCat("BATON_OLD_CONTROLLER_ADDRESS=", AddressOf(plan_.old_controller())),
        absl::StrCat("BATON_NEW_CONTROLLER=", plan_.new_controller()),
        absl::StrCat("BATON_NEW_CONTROLLER_ADDRESS=", AddressOf(plan_.new_controller())),
        absl::StrCat("BATON_ACTIVATE=", absl::StrJoin(back ? down : up, " ")),
        absl::StrCat("BATON_DEACTIVATE=", absl::StrJoin(back ? up : down, " ")),
        absl::StrCat("BATON_UNDOES=", request.undoes()),
        absl::StrCat("BATON_FAILS_BACK=", request.fails_back())};
    const FarmHost* entry = file_.Find(host);
    if (entry == nullptr) return variables;
    for (const auto& [label, value] : entry->labels) {
      variables.push_back(absl::StrCat("BATON_HOST_LABEL_", VariablePart(label), "=", value));
    }
    return variables;
  }

  const FarmFile& file_;
  const Plan& plan_;
};

}  // namespace

void InsertHooks(const FarmFile& file, Plan& plan) {
  if (file.hooks.empty()) return;
  const std::vector<Stage> stages = HookInserter(file, plan).Insert();
  *plan.mutable_stages() = {stages.begin(), stages.end()};
}

}  // namespace baton
