#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// Version of the table below. A run pins it: after an upgrade that changes what a step means, a run
// that was planned before waits for a person.
inline constexpr uint32_t kCatalogVersion = 1;

// What there is to say of one kind of step, in one place: plan output, reports and documents read
// it from here. In sentences, $host, $service, $new, $lost and $what are filled in by the planner.
struct StepKind {
  absl::string_view stage;
  absl::string_view
      what;  // last part of the step's name; `$service` stands for any service, `$lost` for a host
  absl::string_view sentence;
  absl::string_view reason;
  // Lines of the vendor's procedures, one a procedure that has it, with a space between; empty for
  // Baton's own steps.
  absl::string_view seed;
  absl::Duration timeout;  // on top of what the host's profile says
};

// All kinds, in the order of the procedures.
absl::Span<const StepKind> StepCatalog();

// The stages that procedures have, each once, in the order of the catalog.
std::vector<absl::string_view> StageNames();

// The kind of that name: of two, the one that cites the procedure. REQUIRES: there is one.
const StepKind& FindStepKind(absl::string_view stage, absl::string_view what,
                             plan::v1::Procedure procedure);

// The line of the vendor's procedure that the kind cites; empty if there is none.
absl::string_view SeedLine(const StepKind& kind, plan::v1::Procedure procedure);

}  // namespace baton
