// Any bytes as a journal record: what is read back is what lies there, and everything else is
// DATA_LOSS. What can be parsed is replayed, however little sense it makes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/hash/sha256.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/journal/chain.h"

namespace baton {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

void Read(absl::string_view bytes, uint64_t sequence, const std::string& hash) {
  plan::v1::Anchor previous;
  previous.set_sequence(sequence - 1);
  const absl::StatusOr<StoredRecord> stored = Unseal(sequence, bytes, hash, previous);
  if (!stored.ok()) return Require(absl::IsDataLoss(stored.status()));
  Require(Sha256(bytes) == hash && stored->hash == hash);
  Require(stored->record.sequence() == sequence && stored->record.previous_hash().empty());
  const absl::StatusOr<SealedRecord> again = Seal(stored->record, previous);
  Require(again.ok());
  Require(Unseal(sequence, again->bytes, again->stored.hash, previous).ok());
}

// Records with their length in two bytes before them, as the records of one run.
void Replay(absl::string_view data) {
  engine::RunState state;
  while (data.size() >= 2) {
    const size_t length = static_cast<uint8_t>(data[0]) * 256U + static_cast<uint8_t>(data[1]);
    journal::v1::Record record;
    const absl::string_view bytes = data.substr(2, length);
    data.remove_prefix(2 + bytes.size());
    if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) continue;
    const absl::Status applied = state.Apply(record);
    Require(applied.ok() || absl::IsDataLoss(applied));
    if (applied.ok()) state.Stamp({record, Sha256(bytes)});
  }
}

}  // namespace
}  // namespace baton

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(data, data + size);
  baton::Read(bytes, 1, baton::Sha256(bytes));
  baton::Read(bytes, 1, bytes.substr(0, 32));
  baton::Replay(bytes);
  return 0;
}
