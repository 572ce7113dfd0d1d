#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What there is to say of hosts that a procedure leaves out: which are lost, which are in
// maintenance and whether it can do without those, and what hosts owe. `to` shall have the
// Deployment Controller; empty where nobody is named. Pure.
std::vector<plan::v1::Finding> FindLeftOut(const ObservedFarm& farm, absl::string_view to,
                                           plan::v1::Procedure procedure);

// What speaks against doing without the lost hosts of an emergency in the way that its request
// says: where one may have the Deployment Controller, what witnesses see of it and how much of the
// farm answers; fences that are asked for. Nothing for a request that names none. REQUIRES: the
// farm is looked at as that request wants it. Pure.
std::vector<plan::v1::Finding> FindLostTrouble(const ObservedFarm& farm,
                                               const plan::v1::ProcedureRequest& request);

// What an emergency forgives: gives each finding the level that it has there, where that is lower.
// Pure.
void WeighForEmergency(std::vector<plan::v1::Finding>& findings);

// " --emergency --lost fe1 --on-lost fe1=owe --reason 'fe1 burnt'": what a request says of lost
// hosts, ready to paste behind a command; empty if it names none. Pure.
std::string EmergencyOptions(const plan::v1::ProcedureRequest& request);

}  // namespace baton
