#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/agent/v1/agent.pb.h"
#include "baton/agent/v1/operation_log.pb.h"
#include "baton/plan/v1/host.pb.h"

namespace baton {

inline constexpr size_t kOwnerNameBytesMax = 100;  // of a run's and an incarnation's name

// Who may change this host, and how much of the coordinator's journal the agent was shown: the
// claim, the anchor, and the newest sequence that was accepted under the claim's epoch. A part of
// the durable state: it changes by `Apply` alone. Checks never change it; their refusals name this
// host and both sides. Not thread-safe.
class ClaimBook {
 public:
  ClaimBook(std::string farm_id, std::string host);

  // What has to be written down to accept a claim; nothing if the claim and its anchor are held
  // already. INVALID_ARGUMENT, naming the field, if it is malformed. FAILED_PRECONDITION if it is
  // of another farm; if a newer epoch, or the same of another owner, is held; or if the agent knows
  // more of the journal than the caller, or something else, unless the claim adopts at a new epoch.
  absl::StatusOr<std::optional<agent::v1::ClaimAccepted>> Decide(
      const agent::v1::ClaimRequest& request) const;

  // FAILED_PRECONDITION unless farm, epoch, run and incarnation are those of the claim.
  absl::Status CheckFence(const plan::v1::Fence& fence) const;

  // FAILED_PRECONDITION unless the fence's sequence is above every one accepted in this epoch: a
  // first request that arrives after a later one is a straggler of an attempt that was given up.
  absl::Status CheckNew(const plan::v1::Fence& fence) const;

  // As CheckNew, for an operation that acts again: it may be the newest itself.
  absl::Status CheckAgain(const plan::v1::Fence& fence) const;

  // A claim was accepted. Its anchor replaces the one that was kept.
  void Apply(const agent::v1::ClaimAccepted& accepted);

  // An operation was accepted under `fence`, which shows its record to the agent. Nothing happens
  // if it is not of the epoch that is held: a compacted log keeps operations of older epochs.
  void Apply(const plan::v1::Fence& fence);

  const std::optional<plan::v1::Claim>& claim() const { return claim_; }
  const std::optional<plan::v1::Anchor>& anchor() const { return anchor_; }

 private:
  absl::Status CheckOwner(const plan::v1::Claim& claim) const;
  absl::Status CheckAnchor(const agent::v1::ClaimRequest& request) const;
  absl::Status CheckFarm(absl::string_view farm_id) const;
  absl::Status Late(const plan::v1::Fence& fence) const;

  std::string farm_id_;
  std::string host_;
  std::optional<plan::v1::Claim> claim_;
  std::optional<plan::v1::Anchor> anchor_;
  uint64_t last_sequence_ = 0;  // accepted under claim_'s epoch; 0 if none
};

}  // namespace baton
