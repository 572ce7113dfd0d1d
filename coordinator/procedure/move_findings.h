#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What speaks against `to` as the new Deployment Controller: what it lacks or has otherwise than
// the old one. Pure.
std::vector<plan::v1::Finding> FindCandidateTrouble(const ObservedFarm& farm, absl::string_view to);

// What a person is to know before a move of this kind is run, of which the hosts tell nothing, or
// which is as it should be and may not be meant: publications, and a cache that stays. Pure.
std::vector<plan::v1::Finding> FindMoveRemarks(const ObservedFarm& farm,
                                               const plan::v1::ProcedureRequest& request);

}  // namespace baton
