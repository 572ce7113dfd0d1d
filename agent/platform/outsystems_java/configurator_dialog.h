#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agent/dialog/dialog_spec.h"
#include "agent/profile/init_script_spec.h"

namespace baton {

// What the configurator is answered so that the host's services become those of `wanted`, the text
// of a services file: each unit that the file has is enabled or disabled as it says there. Pure.
// FAILED_PRECONDITION for a unit whose value is neither.
absl::StatusOr<DialogSpec> ConfiguratorDialog(const InitScriptSpec& script,
                                              absl::string_view wanted);

}  // namespace baton
