#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/run.pb.h"

namespace baton::engine {

// The two state machines of a run. These tables are the only place that says which record may
// follow in which state; docs/architecture.md prints them, and a test compares the two.

// A row of the run's machine: in `from`, a record of kind `record` leads to `to`.
struct RunTransition {
  plan::v1::RunPhase from;
  journal::v1::Record::BodyCase record;
  plan::v1::RunPhase to;
  absl::string_view sentence;  // what the operator reads
};

// A row of the step's machine: in `from`, a record of kind `record` leads to `to`.
struct StepTransition {
  plan::v1::StepState from;
  journal::v1::Record::BodyCase record;
  plan::v1::StepState to;
  absl::string_view sentence;
};

absl::Span<const RunTransition> RunTransitions();
absl::Span<const StepTransition> StepTransitions();

// The row from `from` to `to` by `record`, or null if there is none: the record must not be written
// there, and a journal that holds it there is damaged.
const RunTransition* FindTransition(plan::v1::RunPhase from, journal::v1::Record::BodyCase record,
                                    plan::v1::RunPhase to);
const StepTransition* FindTransition(plan::v1::StepState from, journal::v1::Record::BodyCase record,
                                     plan::v1::StepState to);

// The run is over: no record follows.
bool Ended(plan::v1::RunPhase phase);

// The step needs nothing more: SUCCEEDED, SKIPPED or OWED.
bool Settled(plan::v1::StepState state);

// The step ended in a way that a person must decide about.
bool NeedsDecision(plan::v1::StepState state);

}  // namespace baton::engine
