#pragma once

#include <string>
#include <vector>

#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Paying what a host owes: it is brought to what the newest assignment says, with the steps that a
// move has for a host that is not the new Deployment Controller. Pure.

// The hosts that the run works on: the one that has the Deployment Controller, which is what the
// other is proved against, and the one that pays. The rest of the farm may be as it is.
std::vector<std::string> HostsOfPay(const ObservedFarm& farm, const std::string& host);

// What speaks against it: the host owes nothing or does not answer, nobody can say who has the
// Deployment Controller, or one of the two hosts cannot be worked on. A Deployment Controller that
// runs on the host is no reason against: it is why.
std::vector<plan::v1::Finding> FindPayTrouble(const ObservedFarm& farm, const std::string& host);

// Fills in assignment and stages. REQUIRES: the plan's hosts are those of HostsOfPay, and each was
// observed.
void PlanPay(const ObservedFarm& farm, plan::v1::Plan& plan);

}  // namespace baton
