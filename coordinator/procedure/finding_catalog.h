#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// All that there is to say of one kind of finding, in one place: the planner, `baton explain` and
// docs/procedures.md read this table.
struct FindingKind {
  absl::string_view name;
  plan::v1::FindingLevel planned;    // its level before a planned run
  plan::v1::FindingLevel emergency;  // and in an emergency
  bool acceptable;                   // `--accept` may turn the error into a journaled acceptance
  absl::string_view meaning;         // what was seen
  absl::string_view matters;         // what would come of a run that went ahead
  absl::string_view hint;            // what to do about it
};

// All kinds.
absl::Span<const FindingKind> FindingCatalog();

// The kind of that name; null if there is none.
const FindingKind* FindFindingKind(absl::string_view name);

// A finding of the catalog, with the level of a planned run. REQUIRES: there is a kind of that
// name.
plan::v1::Finding MakeFinding(absl::string_view name, absl::string_view host, std::string reason);

}  // namespace baton
