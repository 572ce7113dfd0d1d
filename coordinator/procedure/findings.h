#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// Adds findings and puts the heaviest first; those of one level keep their order.
void AddFindings(std::vector<plan::v1::Finding> more, std::vector<plan::v1::Finding>& findings);

// Everything that speaks for or against moving the Deployment Controller to `to`, and the cache if
// the procedure is about it, heaviest first. An empty `to` leaves out what depends on it, and what
// remains is about any procedure. Hosts that the farm is looked at without are told of, and what is
// wrong with them is not. Pure.
std::vector<plan::v1::Finding> FindEverything(
    const ObservedFarm& farm, absl::string_view to,
    plan::v1::Procedure procedure = plan::v1::MOVE_CONTROLLER);

// Limits that findings compare with.
inline constexpr int64_t kClockSkewSecondsMax = 5;
inline constexpr uint64_t kFreeBytesMin = uint64_t{64} << 20;
inline constexpr int64_t kCertificateDaysMin = 30;

}  // namespace baton
