#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/run.pb.h"
#include "common/sync/mutex.h"
#include "coordinator/engine/debt_book.h"
#include "coordinator/engine/run_state.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/assignment_book.h"

namespace baton {

// The runs in a journal: an index over it that every append keeps up to date, and a bell for those
// who watch. All records are appended through here. Thread-safe.
class RunBook {
 public:
  // Reads the whole journal. DATA_LOSS as Journal and RunState; a journal that is damaged further
  // on is indexed up to the damage, and `damage()` tells.
  static absl::StatusOr<std::unique_ptr<RunBook>> Load(Journal& journal);

  // Appends as Journal::Append, then updates the index and wakes the watchers.
  absl::StatusOr<std::vector<StoredRecord>> Append(std::vector<journal::v1::Record> records);

  // A run, replayed from its records. NOT_FOUND.
  absl::StatusOr<engine::RunState> Replay(absl::string_view run);

  // Records of a run after `after`, at most `count_max`; empty if there are none yet. NOT_FOUND.
  absl::StatusOr<std::vector<StoredRecord>> Records(absl::string_view run, uint64_t after,
                                                    size_t count_max);

  // Runs without their plans, newest first, older than `before` unless it is empty.
  std::vector<plan::v1::Run> List(size_t count_max, absl::string_view before);

  // The run that has not ended; empty if there is none.
  std::string ActiveRun();

  // The runs that began after `run`, without their plans, newest first.
  std::vector<plan::v1::Run> Later(absl::string_view run);

  // The newest run that undoes `run`, whatever came of it; empty if there is none.
  std::string UndoneBy(absl::string_view run);

  // A run without its plan. NOT_FOUND.
  absl::StatusOr<plan::v1::Run> Summary(absl::string_view run);

  // The run that the client's request started; empty if none did.
  std::string FindByRequest(absl::string_view request_id);

  // When the run's last record was written. InfinitePast for an unknown run.
  absl::Time LastRecordTime(absl::string_view run);

  // The highest epoch that any record names.
  uint64_t HighestEpoch();

  // The newest assignment that the journal knows of; epoch 0 if there is none.
  plan::v1::Assignment NewestAssignment();

  // What hosts owe, in the order of their names.
  std::vector<plan::v1::Debt> Debts();

  // Sequence of the record of the last `adopt`; 0 if there was none.
  uint64_t LastAdoption();

  // Waits until the journal has a record after `sequence`, or for `timeout`.
  void WaitForRecords(uint64_t sequence, absl::Duration timeout);

  // Wakes whoever waits.
  void Ring();

  // Why the journal cannot be read to its end; ok if it can.
  absl::Status damage();

 private:
  // What is kept of a run.
  struct Entry {
    plan::v1::Run summary;  // without the plan
    uint64_t first = 0;     // sequences of its first and last record
    uint64_t last = 0;
    absl::Time last_time;
    engine::RunState state;  // empty once the run has ended
  };

  explicit RunBook(Journal& journal) : journal_(journal) {}
  absl::Status Take(const StoredRecord& stored) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Scan(absl::string_view run, uint64_t after, size_t count_max, Journal::Taker take);
  static plan::v1::Run SummaryOf(const Entry& entry);
  std::string NewestUndo(absl::string_view run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Entry*> Find(absl::string_view run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Journal& journal_;
  Mutex mutex_;
  CondVar bell_;
  std::map<std::string, Entry, std::less<>> runs_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> order_ ABSL_GUARDED_BY(mutex_);  // oldest first
  // By the run that is undone: the newest run that undoes it.
  std::map<std::string, std::string, std::less<>> undone_by_ ABSL_GUARDED_BY(mutex_);
  uint64_t end_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t highest_epoch_ ABSL_GUARDED_BY(mutex_) = 0;
  AssignmentBook assignments_ ABSL_GUARDED_BY(mutex_);
  engine::DebtBook debts_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_adoption_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status damage_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
