#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace baton {

// What people want to know of a finding beyond FindingCatalog, which has its level and what to do.
// docs/procedures.md prints this table, `baton explain` reads it.
struct FindingMeaning {
  absl::string_view name;     // as in FindingCatalog
  absl::string_view meaning;  // what was seen
  absl::string_view matters;  // what would come of a run that went ahead
};

// One for each kind of finding, in the catalog's order.
absl::Span<const FindingMeaning> FindingMeanings();

// The entry of that name; null if there is none.
const FindingMeaning* FindFindingMeaning(absl::string_view name);

}  // namespace baton
