#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"
#include "coordinator/journal/journal.h"

namespace baton::engine {

// What hosts answered, as far as the records of a run tell it: answers that lead the engine to the
// record that was journaled, if it decides as it did. For replays. Pure.

// Whether records tell what the step saw. Not of a host that moved since its plan, and not of one
// that answered a look in vain and then no more.
bool IsOnRecord(const plan::v1::Step& step, const journal::v1::StepFinished& finished);

// What became of the claim of a host; nothing if no record of `rest` tells.
std::optional<absl::Status> RecordedClaim(const std::string& host,
                                          absl::Span<const StoredRecord> rest);

// The answer to a change: the operation, or an error of the kind that the record and those of
// `rest` that follow it show.
absl::StatusOr<plan::v1::Operation> RecordedOperation(const journal::v1::StepFinished& finished,
                                                      absl::Span<const StoredRecord> rest);

// What a hook came to; nothing if it could not be ended in time.
std::optional<absl::StatusOr<journal::v1::HookResult>> RecordedHook(
    const journal::v1::StepFinished& finished);

// What a fence came to; nothing if it did not end in time.
std::optional<absl::StatusOr<journal::v1::FenceResult>> RecordedFence(
    const journal::v1::StepFinished& finished);

// The host as it was read back.
absl::StatusOr<plan::v1::Host> RecordedHost(const plan::v1::Step& step,
                                            const journal::v1::StepFinished& finished,
                                            const plan::v1::Plan& plan);

// The report of a probe.
absl::StatusOr<agent::v1::ProbeReport> RecordedProbes(const plan::v1::Step& step,
                                                      const journal::v1::StepFinished& finished);

}  // namespace baton::engine
