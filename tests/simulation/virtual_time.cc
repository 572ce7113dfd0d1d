#include "tests/simulation/virtual_time.h"

#include <algorithm>
#include <utility>

namespace baton::simulation {

// 2026-11-23 07:00 UTC: any day will do, as long as it is the same one every time.
constexpr int64_t kStartSeconds = 1795417200;

absl::Time VirtualTime::Now() const { return absl::FromUnixSeconds(kStartSeconds) + elapsed_; }

void VirtualTime::After(absl::Duration delay, std::function<void()> event) {
  heap_.push_back({elapsed_ + delay, next_number_++, std::move(event)});
  std::push_heap(heap_.begin(), heap_.end());
}

bool VirtualTime::RunNext() {
  if (heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end());
  const Entry entry = std::move(heap_.back());
  heap_.pop_back();
  elapsed_ = entry.at;
  ++events_;
  entry.event();
  return true;
}

}  // namespace baton::simulation
