#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sync/mutex.h"
#include "coordinator/journal/journal.h"

namespace baton {

// A journal in memory, with the hash chain of the real one. It is the disk, not the process: it
// lives on when the coordinator that wrote to it "dies". Passes the contract suite of Journal.
// Thread-safe.
class FakeJournal : public Journal {
 public:
  // What a failing Append did before it failed.
  enum class Failure {
    kBefore,  // nothing: the disk was full, and the next Append may succeed
    kAfter,   // everything, but nobody was told: nothing may be appended before Reopen
  };

  // The `number`th Append from now, from 1, fails with `status`. One failure at a time.
  void FailAppend(uint64_t number, Failure failure,
                  absl::Status status = absl::ResourceExhaustedError("the disk is full"));

  // What a new start of the coordinator finds: all that was stored, and no failure ahead.
  void Reopen();

  // Loses the newest records, as SQLite loses a damaged tail of its log: nothing inside shows it.
  void LoseTail(size_t count);

  // Appends that were asked for, failed ones included.
  uint64_t appends();

  // All that is stored, without a copy. REQUIRES: no other thread uses the journal.
  const std::vector<StoredRecord>& records() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return records_;
  }

  absl::StatusOr<std::vector<StoredRecord>> Append(
      std::vector<journal::v1::Record> records) override;
  absl::StatusOr<uint64_t> Scan(uint64_t after, size_t count_max, Taker take) override;
  plan::v1::Anchor End() override;
  absl::Status BeginAt(const plan::v1::Anchor& anchor) override;
  absl::Status SavePlan(const plan::v1::Plan& plan) override;
  absl::StatusOr<plan::v1::Plan> LoadPlan(absl::string_view plan_id) override;

 private:
  plan::v1::Anchor EndLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  plan::v1::Anchor start_ ABSL_GUARDED_BY(mutex_);
  std::vector<StoredRecord> records_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, plan::v1::Plan> plans_ ABSL_GUARDED_BY(mutex_);  // by the order of saving
  uint64_t next_plan_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t appends_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t fail_at_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: never
  Failure failure_ ABSL_GUARDED_BY(mutex_) = Failure::kBefore;
  absl::Status failure_status_ ABSL_GUARDED_BY(mutex_);
  absl::Status broken_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
