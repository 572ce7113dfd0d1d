#include "tests/support/fake_journal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status_macros.h"
#include "coordinator/journal/chain.h"

namespace baton {

void FakeJournal::FailAppend(uint64_t number, Failure failure, absl::Status status) {
  MutexLock lock(mutex_);
  fail_at_ = appends_ + number;
  failure_ = failure;
  failure_status_ = std::move(status);
}

void FakeJournal::Reopen() {
  MutexLock lock(mutex_);
  fail_at_ = 0;
  broken_ = absl::OkStatus();
}

void FakeJournal::LoseTail(size_t count) {
  MutexLock lock(mutex_);
  records_.resize(records_.size() - std::min(count, records_.size()));
}

uint64_t FakeJournal::appends() {
  MutexLock lock(mutex_);
  return appends_;
}

plan::v1::Anchor FakeJournal::EndLocked() const {
  if (records_.empty()) return start_;
  plan::v1::Anchor end;
  end.set_sequence(records_.back().record.sequence());
  end.set_hash(records_.back().hash);
  return end;
}

plan::v1::Anchor FakeJournal::End() {
  MutexLock lock(mutex_);
  return EndLocked();
}

absl::StatusOr<std::vector<StoredRecord>> FakeJournal::Append(
    std::vector<journal::v1::Record> records) {
  MutexLock lock(mutex_);
  const bool fails = ++appends_ == fail_at_;
  RETURN_IF_ERROR(broken_);
  if (fails && failure_ == Failure::kBefore) return failure_status_;
  plan::v1::Anchor end = EndLocked();
  std::vector<StoredRecord> stored;
  for (journal::v1::Record& record : records) {
    ASSIGN_OR_RETURN(SealedRecord sealed, Seal(std::move(record), end));
    end.set_sequence(sealed.stored.record.sequence());
    end.set_hash(sealed.stored.hash);
    stored.push_back(std::move(sealed.stored));
  }
  records_.insert(records_.end(), stored.begin(), stored.end());
  if (fails) {
    broken_ = absl::Status(
        failure_status_.code(),
        absl::StrCat("the journal must be opened again after: ", failure_status_.message()));
    return failure_status_;
  }
  return stored;
}

absl::StatusOr<uint64_t> FakeJournal::Scan(uint64_t after, size_t count_max, Taker take) {
  MutexLock lock(mutex_);
  const size_t known = records_.size();
  const size_t first = after <= start_.sequence() ? 0 : after - start_.sequence();
  if (first >= known) return after;
  const size_t last = first + std::min(count_max, known - first);
  for (size_t i = first; i < last; ++i) RETURN_IF_ERROR(take(records_[i]));
  return first == last ? after : records_[last - 1].record.sequence();
}

absl::Status FakeJournal::BeginAt(const plan::v1::Anchor& anchor) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(broken_);
  if (!records_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the journal is not empty: it ends at record ", EndLocked().sequence()));
  }
  start_ = anchor;
  return absl::OkStatus();
}

absl::Status FakeJournal::SavePlan(const plan::v1::Plan& plan) {
  MutexLock lock(mutex_);
  for (const auto& [number, known] : plans_) {
    if (known.plan_id() != plan.plan_id()) continue;
    return absl::AlreadyExistsError(absl::StrCat("plan ", plan.plan_id(), " is saved already"));
  }
  plans_[next_plan_++] = plan;
  if (plans_.size() > kPlansMax) plans_.erase(plans_.begin());
  return absl::OkStatus();
}

absl::StatusOr<plan::v1::Plan> FakeJournal::LoadPlan(absl::string_view plan_id) {
  MutexLock lock(mutex_);
  for (const auto& [number, plan] : plans_) {
    if (plan.plan_id() == plan_id) return plan;
  }
  return absl::NotFoundError(absl::StrCat("there is no plan \"", plan_id, "\""));
}

}  // namespace baton
