#include "coordinator/procedure/hook_findings.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton {
namespace {

// The one stage that an undo shares with what it undoes.
constexpr absl::string_view kSharedStage = "preflight";
constexpr absl::string_view kUndoStages[] = {"withdraw", "hand-back", "restore", "confirm"};

bool MayBeIn(const plan::v1::ProcedureRequest& request, const FarmHook& hook) {
  if (request.procedure() == plan::v1::PROCEDURE_UNSPECIFIED) return true;
  if (!hook.AppliesTo(request.procedure())) return false;
  const bool of_undo = absl::c_linear_search(kUndoStages, hook.stage);
  return hook.stage == kSharedStage || of_undo == !request.undoes().empty();
}

}  // namespace

std::vector<plan::v1::Finding> FindHookTrouble(const ObservedFarm& farm,
                                               const plan::v1::ProcedureRequest& request) {
  std::vector<plan::v1::Finding> findings;
  for (const FarmHook& hook : farm.file().hooks) {
    if (!MayBeIn(request, hook)) continue;
    for (const plan::v1::HookCheck& check : farm.observation().hooks()) {
      if (check.name() != hook.name || check.error().empty()) continue;
      findings.push_back(MakeFinding("hook-not-runnable", "",
                                     absl::StrCat("hook ", hook.name, ": ", check.error())));
      if (hook.warn_only) findings.back().set_level(plan::v1::FINDING_WARNING);
    }
  }
  return findings;
}

}  // namespace baton
