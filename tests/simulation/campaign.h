#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "common/sync/mutex.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/world.h"

namespace baton::simulation {

// Runs with one seed after the other, simulated on several threads: a run is deterministic by
// itself and shares nothing with others, so what comes of a campaign does not depend on the number
// of threads. One thread takes the outcomes.
class Campaign {
 public:
  // Begins with `first`, and the next seed for each of the further runs. REQUIRES: jobs > 0.
  Campaign(const World::Options& first, uint64_t runs, size_t jobs);

  // Gives up runs that have not begun, and waits for those that have.
  ~Campaign();

  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  // Waits for the outcome of the next seed in order; nothing once all were handed over.
  std::optional<Outcome> Next();

 private:
  void Work();

  const World::Options first_;
  const uint64_t runs_;
  const uint64_t ahead_max_;  // runs that may be done or under way before the one that is due
  Mutex mutex_;
  CondVar changed_;
  std::map<uint64_t, Outcome> done_ ABSL_GUARDED_BY(mutex_);  // by number, until handed over
  uint64_t begun_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t handed_over_ ABSL_GUARDED_BY(mutex_) = 0;
  bool given_up_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> workers_;  // joined by the destructor
};

}  // namespace baton::simulation
