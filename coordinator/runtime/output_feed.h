#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "common/sync/mutex.h"

namespace baton {

// The newest output of tools, for those who watch a run. Not journaled: what is pushed out of it is
// gone from here (the agent keeps it). Thread-safe.
class OutputFeed {
 public:
  // One piece of output.
  struct Piece {
    uint64_t number = 0;  // from 1, one more each
    std::string step;
    std::string bytes;
  };

  explicit OutputFeed(size_t bytes_max = size_t{1} << 20) : bytes_max_(bytes_max) {}

  void Add(absl::string_view step, absl::string_view bytes);

  // Pieces after number `after` that are still here.
  std::vector<Piece> After(uint64_t after);

  // Number of the newest piece; 0 if there was none.
  uint64_t newest();

 private:
  const size_t bytes_max_;
  Mutex mutex_;
  std::deque<Piece> pieces_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t newest_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace baton
