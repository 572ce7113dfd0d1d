#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/time/time.h"

namespace baton::simulation {

// The clock of a simulated run and all that is still to happen in it. Time passes only from one
// event to the next. Events of one moment happen in the order in which they were asked for. Not
// thread-safe.
class VirtualTime {
 public:
  // The time of day, for records.
  absl::Time Now() const;

  // Since the run began.
  absl::Duration elapsed() const { return elapsed_; }

  // `event` happens after `delay`, which is 0 or more.
  void After(absl::Duration delay, std::function<void()> event);

  // Lets the next event happen; false if there is none.
  bool RunNext();

  // Events that have happened.
  uint64_t events() const { return events_; }

 private:
  struct Entry {
    absl::Duration at;
    uint64_t number = 0;
    std::function<void()> event;
    // For a heap whose top is the earliest.
    bool operator<(const Entry& other) const {
      return at != other.at ? at > other.at : number > other.number;
    }
  };

  absl::Duration elapsed_;
  uint64_t next_number_ = 0;
  uint64_t events_ = 0;
  std::vector<Entry> heap_;
};

}  // namespace baton::simulation
