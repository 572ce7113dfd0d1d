#include "coordinator/procedure/hook_findings.h"

#include "absl/strings/str_cat.h"
#include "coordinator/procedure/finding_catalog.h"

namespace baton {

std::vector<plan::v1::Finding> FindHookTrouble(const ObservedFarm& farm,
                                               plan::v1::Procedure procedure) {
  std::vector<plan::v1::Finding> findings;
  for (const FarmHook& hook : farm.file().hooks) {
    const bool any = procedure == plan::v1::PROCEDURE_UNSPECIFIED;
    if (!any && !hook.AppliesTo(procedure)) continue;
    for (const plan::v1::HookCheck& check : farm.observation().hooks()) {
      if (check.name() != hook.name || check.error().empty()) continue;
      findings.push_back(MakeFinding("hook-not-runnable", "",
                                     absl::StrCat("hook ", hook.name, ": ", check.error())));
    }
  }
  return findings;
}

}  // namespace baton
