#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What `baton plan` shows: findings first, then stages with their steps, a line before the first
// step that cannot be undone, and what remains to be done by hand.
std::string RenderPlan(const plan::v1::Plan& plan, const Style& style);

// How RenderPlan begins: farm, plan, what it is for, and the findings.
std::string RenderPlanHead(const plan::v1::Plan& plan, const Style& style);

// What to do with the plan: run it, or why that would be refused.
std::string RenderPlanNext(const plan::v1::Plan& plan, const Style& style);

// The command that plans the request again.
std::string PlanCommand(const plan::v1::ProcedureRequest& request, const Style& style);

// The command that runs the plan.
std::string RunCommand(const plan::v1::Plan& plan, const Style& style);

// The number of steps in a plan.
int CountSteps(const plan::v1::Plan& plan);

// The line before the first step that cannot be undone.
inline constexpr char kIrreversibleLine[] = "---- from here on: failback only ----";

}  // namespace baton::ctl
