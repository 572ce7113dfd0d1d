#include "agent/operation/claim_book.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "agent/operation/change.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

using agent::v1::ClaimAccepted;
using agent::v1::ClaimRequest;
using plan::v1::Anchor;
using plan::v1::Claim;
using plan::v1::Fence;

// Enough of a hash to tell two apart in a message.
constexpr size_t kShownHashBytes = 6;

// Claims and fences name an owner alike.
template <typename Owner>
std::string OwnerText(const Owner& owner) {
  return absl::StrCat("epoch ", owner.epoch(), " of run ", owner.run(), " (incarnation ",
                      owner.incarnation(), ")");
}

template <typename Owner>
bool SameOwner(const Claim& claim, const Owner& other) {
  return claim.epoch() == other.epoch() && claim.run() == other.run() &&
         claim.incarnation() == other.incarnation();
}

std::string AnchorText(const Anchor& anchor) {
  return absl::StrCat("record ", anchor.sequence(), " (",
                      absl::BytesToHexString(anchor.hash().substr(0, kShownHashBytes)), ")");
}

absl::Status CheckName(absl::string_view field, absl::string_view name) {
  if (!name.empty() && name.size() <= kOwnerNameBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": has ", name.size(), " bytes; 1 to ", kOwnerNameBytesMax));
}

absl::Status CheckFields(const ClaimRequest& request) {
  if (request.claim().epoch() == 0) return absl::InvalidArgumentError("claim.epoch: is 0");
  RETURN_IF_ERROR(CheckName("claim.run", request.claim().run()));
  RETURN_IF_ERROR(CheckName("claim.incarnation", request.claim().incarnation()));
  // A journal is never empty when it claims: the record of the run stands in it already.
  if (request.journal_end().sequence() == 0) {
    return absl::InvalidArgumentError("journal_end.sequence: is 0");
  }
  if (request.journal_end().hash().size() != kDigestBytes) {
    return absl::InvalidArgumentError(absl::StrCat("journal_end.hash: has ",
                                                   request.journal_end().hash().size(),
                                                   " bytes instead of ", kDigestBytes));
  }
  return absl::OkStatus();
}

}  // namespace

ClaimBook::ClaimBook(std::string farm_id, std::string host)
    : farm_id_(std::move(farm_id)), host_(std::move(host)) {}

absl::StatusOr<std::optional<ClaimAccepted>> ClaimBook::Decide(const ClaimRequest& request) const {
  RETURN_IF_ERROR(CheckFields(request));
  RETURN_IF_ERROR(CheckFarm(request.farm_id()));
  RETURN_IF_ERROR(CheckOwner(request.claim()));
  RETURN_IF_ERROR(CheckAnchor(request));

  const bool held = claim_.has_value() && SameOwner(*claim_, request.claim());
  if (held && anchor_->sequence() == request.journal_end().sequence()) return std::nullopt;
  ClaimAccepted accepted;
  *accepted.mutable_claim() = request.claim();
  *accepted.mutable_anchor() = request.journal_end();
  return accepted;
}

absl::Status ClaimBook::CheckFarm(absl::string_view farm_id) const {
  if (farm_id == farm_id_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(host_, " belongs to farm \"", farm_id_,
                                                    "\", the request is for \"", farm_id, "\""));
}

absl::Status ClaimBook::CheckOwner(const Claim& claim) const {
  if (!claim_.has_value() || claim.epoch() > claim_->epoch() || SameOwner(*claim_, claim)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(host_, " holds ", OwnerText(*claim_), ", the claim is ", OwnerText(claim)));
}

absl::Status ClaimBook::CheckAnchor(const ClaimRequest& request) const {
  const Anchor& end = request.journal_end();
  if (!anchor_.has_value() || anchor_->sequence() < end.sequence()) return absl::OkStatus();
  if (anchor_->sequence() == end.sequence() && anchor_->hash() == end.hash()) {
    return absl::OkStatus();
  }
  // Adopting belongs to a new epoch, so that within one epoch sequences only ever rise.
  const bool new_epoch = !claim_.has_value() || request.claim().epoch() > claim_->epoch();
  if (request.adopt() && new_epoch) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(host_, " knows more of the journal than the caller: it was shown ",
                   AnchorText(*anchor_), ", the caller's journal ends at ", AnchorText(end)));
}

absl::Status ClaimBook::CheckFence(const Fence& fence) const {
  RETURN_IF_ERROR(CheckFarm(fence.farm_id()));
  if (claim_.has_value() && SameOwner(*claim_, fence)) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(host_, " holds ", claim_.has_value() ? OwnerText(*claim_) : "no claim",
                   ", the request comes from ", OwnerText(fence)));
}

absl::Status ClaimBook::CheckNew(const Fence& fence) const {
  return fence.sequence() > last_sequence_ ? absl::OkStatus() : Late(fence);
}

absl::Status ClaimBook::CheckAgain(const Fence& fence) const {
  return fence.sequence() >= last_sequence_ ? absl::OkStatus() : Late(fence);
}

absl::Status ClaimBook::Late(const Fence& fence) const {
  return absl::FailedPreconditionError(absl::StrCat(
      host_, " has accepted record ", last_sequence_, " in epoch ", fence.epoch(),
      ", the request carries out record ", fence.sequence(), ": it is late or out of order"));
}

void ClaimBook::Apply(const ClaimAccepted& accepted) {
  if (!claim_.has_value() || claim_->epoch() != accepted.claim().epoch()) last_sequence_ = 0;
  claim_ = accepted.claim();
  anchor_ = accepted.anchor();
}

void ClaimBook::Apply(const Fence& fence) {
  if (!claim_.has_value() || claim_->epoch() != fence.epoch()) return;
  if (fence.sequence() > last_sequence_) last_sequence_ = fence.sequence();
  // A step that was journaled before a takeover is below the anchor that the takeover brought.
  if (fence.sequence() <= anchor_->sequence()) return;
  anchor_->set_sequence(fence.sequence());
  anchor_->set_hash(fence.record_hash());
}

}  // namespace baton
