#include "coordinator/journal/chain.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"

namespace baton {

absl::StatusOr<SealedRecord> Seal(journal::v1::Record record, const plan::v1::Anchor& end) {
  record.set_sequence(end.sequence() + 1);
  record.set_previous_hash(end.hash());
  SealedRecord sealed;
  sealed.bytes = record.SerializeAsString();
  if (sealed.bytes.size() > kJournalRecordBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("journal record ", record.sequence(), " has ", sealed.bytes.size(),
                     " bytes, over the limit of ", kJournalRecordBytesMax));
  }
  sealed.stored.hash = Sha256(sealed.bytes);
  sealed.stored.record = std::move(record);
  return sealed;
}

absl::StatusOr<StoredRecord> Unseal(uint64_t sequence, absl::string_view bytes,
                                    absl::string_view hash, const plan::v1::Anchor& previous) {
  const std::string name = absl::StrCat("journal record ", sequence);
  if (sequence != previous.sequence() + 1) {
    return absl::DataLossError(absl::StrCat("journal record ", previous.sequence() + 1,
                                            " is missing: the next one there is ", sequence));
  }
  if (Sha256(bytes) != hash) {
    return absl::DataLossError(absl::StrCat(name, " is damaged: its bytes do not give its hash"));
  }
  StoredRecord stored;
  stored.hash = std::string(hash);
  if (!stored.record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(absl::StrCat(name, " is damaged: it cannot be parsed"));
  }
  if (stored.record.sequence() != sequence) {
    return absl::DataLossError(
        absl::StrCat(name, " is damaged: it says that it is ", stored.record.sequence()));
  }
  if (stored.record.previous_hash() != previous.hash()) {
    return absl::DataLossError(absl::StrCat(name, " does not follow record ", previous.sequence(),
                                            ": its previous hash is another"));
  }
  if (stored.record.body_case() == journal::v1::Record::BODY_NOT_SET) {
    return absl::DataLossError(absl::StrCat(
        name, " is of a kind that this version does not know; it was written by a newer one"));
  }
  return stored;
}

}  // namespace baton
