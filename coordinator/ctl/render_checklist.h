#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// The plan as a list for people who carry it out by hand: boxes in the plan's order, each with the
// clicks or commands that the host's profile knows and with what shows that it worked. What only
// Baton needs is left out.
std::string RenderChecklist(const plan::v1::Plan& plan, const Style& style);

}  // namespace baton::ctl
