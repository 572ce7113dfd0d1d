#include "agent/platform/outsystems_java/configurator_dialog.h"

#include "absl/strings/str_cat.h"
#include "agent/platform/outsystems_java/services_file.h"
#include "common/status/status_macros.h"

namespace baton {

absl::StatusOr<DialogSpec> ConfiguratorDialog(const InitScriptSpec& script,
                                              absl::string_view wanted) {
  DialogSpec dialog;
  dialog.silence_timeout = script.configurator.silence_timeout;
  for (const InitScriptUnit& unit : script.units) {
    const absl::StatusOr<std::string> value = ReadUnit(wanted, unit.unit);
    if (absl::IsNotFound(value.status())) continue;
    RETURN_IF_ERROR(value.status());
    if (*value != kUnitEnabled && *value != kUnitDisabled) {
      return absl::FailedPreconditionError(absl::StrCat(unit.unit, " is \"", *value, "\", neither ",
                                                        kUnitEnabled, " nor ", kUnitDisabled));
    }
    const bool enabled = *value == kUnitEnabled;
    dialog.rules.push_back(
        {unit.prompt, enabled ? script.configurator.enable : script.configurator.disable});
  }
  return dialog;
}

}  // namespace baton
