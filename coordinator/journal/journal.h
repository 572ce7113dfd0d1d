#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "baton/journal/v1/journal.pb.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// A record as it lies in the journal.
struct StoredRecord {
  journal::v1::Record record;
  std::string hash;  // SHA-256 over the stored bytes, 32 bytes
};

// The coordinator's memory: an ordered, hash-chained list of records, and saved plans beside it.
// One writer. Implementations pass one contract suite (tests/coordinator/journal). Thread-safe.
//
// Damage never passes silently: a row whose bytes do not give its hash, whose previous hash is not
// the hash of the record before, or whose sequence leaves a gap, is DATA_LOSS naming its sequence,
// and nothing is appended after it. A lost tail cannot be seen from inside; the agents' anchors
// show it.
class Journal {
 public:
  virtual ~Journal() = default;

  // Appends records as one transaction and returns once they survive a power cut. Fills `sequence`
  // and `previous_hash`; everything else comes from the caller. All or none are stored.
  // RESOURCE_EXHAUSTED when the disk is full; INVALID_ARGUMENT for a record over
  // kJournalRecordBytesMax. After an error that leaves the outcome open, every later Append fails:
  // the journal must be opened again.
  virtual absl::StatusOr<std::vector<StoredRecord>> Append(
      std::vector<journal::v1::Record> records) = 0;

  // Hands the records with a sequence above `after` to `take`, in order, at most `count_max`.
  // Returns the sequence of the last one; `after` if there is none. Stops at an error of `take`,
  // and returns it. `take` must not call the journal.
  using Taker = absl::FunctionRef<absl::Status(const StoredRecord&)>;
  virtual absl::StatusOr<uint64_t> Scan(uint64_t after, size_t count_max, Taker take) = 0;

  // The same as copies.
  absl::StatusOr<std::vector<StoredRecord>> Read(uint64_t after, size_t count_max);

  // The last record; sequence 0 and an empty hash in an empty journal. In a journal that `BeginAt`
  // was called on and nothing appended to, the anchor given there.
  virtual plan::v1::Anchor End() = 0;

  // Makes an empty journal start behind `anchor`: its first record gets the sequence after it and
  // its hash as previous. For a coordinator that lost its disk. FAILED_PRECONDITION unless the
  // journal is empty.
  virtual absl::Status BeginAt(const plan::v1::Anchor& anchor) = 0;

  // Saves a plan under its id; at most kPlansMax are kept, the oldest go. ALREADY_EXISTS for a
  // known id.
  virtual absl::Status SavePlan(const plan::v1::Plan& plan) = 0;

  // A saved plan. NOT_FOUND if there is none of that id.
  virtual absl::StatusOr<plan::v1::Plan> LoadPlan(absl::string_view plan_id) = 0;
};

// Largest serialised record: a RunStarted with the plan of the largest farm.
inline constexpr size_t kJournalRecordBytesMax = size_t{8} << 20;

// Saved plans that are kept.
inline constexpr size_t kPlansMax = 1000;

}  // namespace baton
