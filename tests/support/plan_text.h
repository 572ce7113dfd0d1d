#pragma once

#include <string>

#include "baton/plan/v1/plan.pb.h"

namespace baton {

// A plan as transcripts show it: roles and hosts, findings, and every step with its line of the
// vendor's procedure, time-out and marks, and what is left to people.
std::string PlanText(const plan::v1::Plan& plan);

// The same, short for large farms: in place of steps a line for what hosts do one after the other
// or side by side, with every host that does just that.
std::string LanesText(const plan::v1::Plan& plan);

// Its findings alone.
std::string FindingsText(const plan::v1::Plan& plan);

}  // namespace baton
