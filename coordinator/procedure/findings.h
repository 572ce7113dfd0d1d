#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/procedure/observed_farm.h"

namespace baton {

// What there is to say of one kind of finding, in one place; docs/procedures.md prints this table
// and `baton explain` will read it.
struct FindingKind {
  absl::string_view name;
  plan::v1::FindingLevel level;
  bool acceptable;  // `--accept` may turn the error into a journaled acceptance
  absl::string_view hint;
};

// All kinds.
absl::Span<const FindingKind> FindingCatalog();

// The kind of that name; null if there is none.
const FindingKind* FindFindingKind(absl::string_view name);

// A finding of the catalog. REQUIRES: there is a kind of that name.
plan::v1::Finding MakeFinding(absl::string_view name, absl::string_view host, std::string reason);

// Adds findings and puts the heaviest first; those of one level keep their order.
void AddFindings(std::vector<plan::v1::Finding> more, std::vector<plan::v1::Finding>& findings);

// Everything that speaks for or against moving the Deployment Controller to `to`, and the cache if
// the procedure is about it, heaviest first. An empty `to` leaves out what depends on it, and what
// remains is about any procedure. Pure.
std::vector<plan::v1::Finding> FindEverything(
    const ObservedFarm& farm, absl::string_view to,
    plan::v1::Procedure procedure = plan::v1::MOVE_CONTROLLER);

// Limits that findings compare with.
inline constexpr int64_t kClockSkewSecondsMax = 5;
inline constexpr uint64_t kFreeBytesMin = uint64_t{64} << 20;
inline constexpr int64_t kCertificateDaysMin = 30;

}  // namespace baton
