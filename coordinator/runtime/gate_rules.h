#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "baton/coordinator/v1/coordinator.pb.h"
#include "baton/journal/v1/journal.pb.h"
#include "coordinator/engine/run_state.h"

namespace baton {

// Limits of what an answer to a gate may bring along.
inline constexpr size_t kGateTextBytesMax = 1000;
inline constexpr size_t kGateFileBytesMax = size_t{1} << 20;

// Whether the answer fits the gate that the run waits at, and what is journaled of it. Errors are
// those that coordinator.proto lists for AnswerGate. Pure.
absl::StatusOr<journal::v1::GateAnswered> CheckGateAnswer(
    const coordinator::v1::AnswerGateRequest& request, const engine::RunState& state);

}  // namespace baton
