#pragma once

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/inventory/farm_file.h"

namespace baton {

// Stands for the host in the names of steps that are about none; no host can have this name.
inline constexpr absl::string_view kNoHost = "@coordinator";

// Puts the hooks of the farm file that belong to the plan's procedure into its stages, which are
// finished otherwise: around a stage as stages of their own, `before-STAGE/@coordinator/NAME`;
// around a host as the first or last step of its lanes in that stage, `STAGE/HOST/before-NAME`. A
// stage that the plan does not have has no hooks. Pure.
void InsertHooks(const FarmFile& file, plan::v1::Plan& plan);

}  // namespace baton
