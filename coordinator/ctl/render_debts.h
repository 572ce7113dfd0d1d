#pragma once

#include <string>

#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "baton/plan/v1/run.pb.h"
#include "coordinator/ctl/text.h"

namespace baton::ctl {

// What is still to do on each host that owes something, and since when, by which run and why; an
// empty text if nobody owes anything.
std::string RenderDebts(const coordinator::v1::Farm& farm, const Style& style);

// What `baton debts` shows: the same, with header and the commands that apply.
std::string RenderDebtList(const coordinator::v1::Farm& farm, const Style& style);

// What a plan does without: lost hosts with what is done about each, and what hosts will owe. Empty
// if it does without nobody.
std::string RenderWithout(const plan::v1::Plan& plan);

// What hosts owe because of a run that stands still or is over, a line each.
std::string RenderRunDebts(const plan::v1::Run& run);

// The commands that apply to such debts, a line each; empty if there are none.
std::string RenderRunDebtCommands(const plan::v1::Run& run, const Style& style);

}  // namespace baton::ctl
