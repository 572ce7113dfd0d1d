#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "coordinator/journal/journal.h"

namespace baton {

// The hash chain of the journal, for every implementation. docs/journal-format.md describes it.
// Pure.

// A record and the bytes to store for it.
struct SealedRecord {
  StoredRecord stored;
  std::string bytes;
};

// Gives `record` its place behind `end`: sequence, previous hash, bytes and hash. INVALID_ARGUMENT
// if it is larger than kJournalRecordBytesMax.
absl::StatusOr<SealedRecord> Seal(journal::v1::Record record, const plan::v1::Anchor& end);

// Reads stored bytes back. `previous` is the anchor of the record before. DATA_LOSS, naming the
// sequence, if the bytes do not give `hash`, cannot be parsed, hold another sequence or another
// previous hash, or a body that this version does not know.
absl::StatusOr<StoredRecord> Unseal(uint64_t sequence, absl::string_view bytes,
                                    absl::string_view hash, const plan::v1::Anchor& previous);

}  // namespace baton
