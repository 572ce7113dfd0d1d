#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "agent/operation/change.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "google/protobuf/timestamp.pb.h"

// What OperationCore writes down and answers, made from what it decided. Pure.
namespace baton {

// A change was accepted at `now`.
agent::v1::LogEntry AcceptedEntry(const Change& change, const google::protobuf::Timestamp& now);

// The accepted operation ended as `ended` says, which need not have id, action and start time.
agent::v1::LogEntry EndedEntry(const agent::v1::OperationAccepted& accepted,
                               plan::v1::Operation ended);

// What follows the acceptance of a set_assignment: that it is kept now, and that it was done. If a
// newer one is kept, only that it failed.
std::vector<agent::v1::LogEntry> AssignmentEntries(const Change& change,
                                                   const std::optional<plan::v1::Assignment>& kept,
                                                   const google::protobuf::Timestamp& now);

// How an interrupted rewrite or restore ended, now that the same is asked for again: SUCCEEDED if
// the file is what it was to become, else FAILED as a conflict. The backup of a rewrite that
// succeeded is that of its run, if it holds what the rewrite was to replace. REQUIRES: `again` has
// digests.
plan::v1::Operation SettledReplacement(const agent::v1::OperationAccepted& accepted,
                                       const Change& again, const google::protobuf::Timestamp& now);

// DATA_LOSS: the log of `host` is damaged.
absl::Status LogDamaged(absl::string_view host, const absl::Status& damage);

// Why a call is answered with an error when the log failed: RESOURCE_EXHAUSTED if nothing was done,
// UNAVAILABLE if the host was changed.
absl::Status NotDurable(absl::string_view host, bool acted, const absl::Status& status);

// RESOURCE_EXHAUSTED: `calls_max` calls wait already.
absl::Status TooManyWait(size_t calls_max);

}  // namespace baton
