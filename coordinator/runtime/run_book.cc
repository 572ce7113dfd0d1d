#include "coordinator/runtime/run_book.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/engine/transitions.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

constexpr size_t kReadBatch = 500;

plan::v1::Run WithoutPlan(const plan::v1::Run& run) {
  plan::v1::Run summary;
  // The plan holds the observation of every host; nobody who lists runs wants it.
  summary.set_run(run.run());
  summary.mutable_plan()->set_plan_id(run.plan().plan_id());
  summary.mutable_plan()->set_farm_id(run.plan().farm_id());
  *summary.mutable_plan()->mutable_request() = run.plan().request();
  summary.mutable_plan()->set_old_controller(run.plan().old_controller());
  summary.mutable_plan()->set_new_controller(run.plan().new_controller());
  summary.mutable_plan()->set_first_irreversible_step(run.plan().first_irreversible_step());
  summary.set_phase(run.phase());
  summary.set_pause_reason(run.pause_reason());
  summary.set_detail(run.detail());
  summary.set_epoch(run.epoch());
  *summary.mutable_steps() = run.steps();
  summary.set_actor(run.actor());
  *summary.mutable_start_time() = run.start_time();
  if (run.has_end_time()) *summary.mutable_end_time() = run.end_time();
  summary.set_changed(run.changed());
  summary.set_sequence(run.sequence());
  *summary.mutable_claimed_hosts() = run.claimed_hosts();
  summary.set_request_id(run.request_id());
  return summary;
}

uint64_t EpochOf(const journal::v1::Record& record) {
  return std::max({record.run_started().epoch(), record.run_resumed().epoch(),
                   record.adopted().assignment().epoch()});
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunBook>> RunBook::Load(Journal& journal) {
  std::unique_ptr<RunBook> book(new RunBook(journal));
  MutexLock lock(book->mutex_);
  absl::Status misplaced;
  const auto take = [&](const StoredRecord& stored) ABSL_EXCLUSIVE_LOCKS_REQUIRED(book->mutex_) {
    return misplaced = book->Take(stored);
  };
  uint64_t after = 0;
  while (true) {
    const absl::StatusOr<uint64_t> last = journal.Scan(after, kReadBatch, take);
    RETURN_IF_ERROR(misplaced);
    if (!last.ok()) book->damage_ = last.status();
    if (!last.ok() || *last == after) break;
    after = *last;
  }
  book->end_ = journal.End().sequence();
  return book;
}

absl::Status RunBook::Take(const StoredRecord& stored) {
  const journal::v1::Record& record = stored.record;
  end_ = record.sequence();
  highest_epoch_ = std::max(highest_epoch_, EpochOf(record));
  if (record.has_adopted()) last_adoption_ = record.sequence();
  debts_.Apply(record);
  if (record.run().empty()) {
    assignments_.Take(record, {});
    return absl::OkStatus();
  }
  if (record.has_run_started()) {
    order_.push_back(record.run());
    const std::string& undoes = record.run_started().plan().request().undoes();
    if (!undoes.empty()) undone_by_[undoes] = record.run();
  }
  Entry& entry = runs_[record.run()];
  if (entry.first == 0) entry.first = record.sequence();
  entry.last = record.sequence();
  entry.last_time =
      absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(record.time()));
  RETURN_IF_ERROR(entry.state.Apply(stored));
  assignments_.Take(record, entry.state);
  if (engine::Ended(entry.state.run().phase())) {
    entry.summary = WithoutPlan(entry.state.run());
    entry.state = engine::RunState();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredRecord>> RunBook::Append(
    std::vector<journal::v1::Record> records) {
  ASSIGN_OR_RETURN(std::vector<StoredRecord> stored, journal_.Append(std::move(records)));
  MutexLock lock(mutex_);
  for (const StoredRecord& record : stored) RETURN_IF_ERROR(Take(record));
  bell_.NotifyAll();
  return stored;
}

absl::StatusOr<RunBook::Entry*> RunBook::Find(absl::string_view run) {
  const auto found = runs_.find(std::string(run));
  if (found == runs_.end()) return absl::NotFoundError(absl::StrCat("there is no run ", run));
  return &found->second;
}

absl::Status RunBook::Scan(absl::string_view run, uint64_t after, size_t count_max,
                           Journal::Taker take) {
  uint64_t last = 0;
  {
    MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(const Entry* entry, Find(run));
    after = std::max(after, entry->first - 1);
    last = entry->last;
  }
  size_t count = 0;
  const auto take_ours = [&](const StoredRecord& stored) {
    if (stored.record.run() != run || count == count_max) return absl::OkStatus();
    ++count;
    return take(stored);
  };
  while (after < last && count < count_max) {
    ASSIGN_OR_RETURN(const uint64_t next, journal_.Scan(after, kReadBatch, take_ours));
    if (next == after) break;
    after = next;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredRecord>> RunBook::Records(absl::string_view run, uint64_t after,
                                                           size_t count_max) {
  std::vector<StoredRecord> records;
  RETURN_IF_ERROR(Scan(run, after, count_max, [&records](const StoredRecord& stored) {
    records.push_back(stored);
    return absl::OkStatus();
  }));
  return records;
}

absl::StatusOr<engine::RunState> RunBook::Replay(absl::string_view run) {
  engine::RunState state;
  RETURN_IF_ERROR(Scan(run, 0, std::numeric_limits<size_t>::max(),
                       [&state](const StoredRecord& stored) { return state.Apply(stored); }));
  return state;
}

plan::v1::Run RunBook::SummaryOf(const Entry& entry) {
  return entry.state.run().run().empty() ? entry.summary : WithoutPlan(entry.state.run());
}

std::string RunBook::NewestUndo(absl::string_view run) {
  const auto found = undone_by_.find(std::string(run));
  return found == undone_by_.end() ? "" : found->second;
}

std::string RunBook::UndoneBy(absl::string_view run) {
  MutexLock lock(mutex_);
  return NewestUndo(run);
}

absl::StatusOr<plan::v1::Run> RunBook::Summary(absl::string_view run) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const Entry* entry, Find(run));
  plan::v1::Run summary = SummaryOf(*entry);
  summary.set_undone_by(NewestUndo(run));
  return summary;
}

std::vector<plan::v1::Run> RunBook::Later(absl::string_view run) {
  MutexLock lock(mutex_);
  std::vector<plan::v1::Run> later;
  for (auto name = order_.rbegin(); name != order_.rend() && *name != run; ++name) {
    later.push_back(SummaryOf(runs_.find(*name)->second));
  }
  return later;
}

std::vector<plan::v1::Run> RunBook::List(size_t count_max, absl::string_view before) {
  MutexLock lock(mutex_);
  std::vector<plan::v1::Run> runs;
  bool older = before.empty();
  for (auto run = order_.rbegin(); run != order_.rend() && runs.size() < count_max; ++run) {
    const Entry& entry = runs_.find(*run)->second;
    if (older) {
      runs.push_back(SummaryOf(entry));
      runs.back().set_undone_by(NewestUndo(*run));
    }
    older = older || *run == before;
  }
  return runs;
}

std::string RunBook::ActiveRun() {
  MutexLock lock(mutex_);
  if (order_.empty()) return "";
  // Runs do not overlap: only the last can be active.
  return runs_.find(order_.back())->second.state.run().run();
}

std::string RunBook::FindByRequest(absl::string_view request_id) {
  MutexLock lock(mutex_);
  for (const auto& [run, entry] : runs_) {
    const plan::v1::Run& known =
        entry.state.run().run().empty() ? entry.summary : entry.state.run();
    if (known.request_id() == request_id) return run;
  }
  return "";
}

absl::Time RunBook::LastRecordTime(absl::string_view run) {
  MutexLock lock(mutex_);
  const absl::StatusOr<Entry*> entry = Find(run);
  return entry.ok() ? (*entry)->last_time : absl::InfinitePast();
}

uint64_t RunBook::HighestEpoch() {
  MutexLock lock(mutex_);
  return highest_epoch_;
}

plan::v1::Assignment RunBook::NewestAssignment() {
  MutexLock lock(mutex_);
  return assignments_.newest();
}

std::vector<plan::v1::Debt> RunBook::Debts() {
  MutexLock lock(mutex_);
  return debts_.Open();
}

uint64_t RunBook::LastAdoption() {
  MutexLock lock(mutex_);
  return last_adoption_;
}

void RunBook::WaitForRecords(uint64_t sequence, absl::Duration timeout) {
  MutexLock lock(mutex_);
  if (end_ <= sequence) bell_.WaitFor(mutex_, timeout);
}

void RunBook::Ring() {
  MutexLock lock(mutex_);
  bell_.NotifyAll();
}

absl::Status RunBook::damage() {
  MutexLock lock(mutex_);
  return damage_;
}

}  // namespace baton
