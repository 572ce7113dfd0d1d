#include "tests/simulation/campaign.h"

#include <algorithm>
#include <utility>

namespace baton::simulation {
namespace {

// Some runs take a hundred times as long as others: so far may the others get ahead of one. It
// bounds the outcomes, and with them the traces, that are kept.
constexpr uint64_t kAheadMaxPerJob = 64;

}  // namespace

Campaign::Campaign(const World::Options& first, uint64_t runs, size_t jobs)
    : first_(first), runs_(runs), ahead_max_(kAheadMaxPerJob * jobs) {
  const uint64_t needed = std::min<uint64_t>(jobs, runs);
  for (uint64_t i = 0; i < needed; ++i) workers_.emplace_back(&Campaign::Work, this);
}

Campaign::~Campaign() {
  {
    MutexLock lock(mutex_);
    given_up_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& worker : workers_) worker.join();
}

std::optional<Outcome> Campaign::Next() {
  MutexLock lock(mutex_);
  if (handed_over_ == runs_) return std::nullopt;
  while (done_.count(handed_over_) == 0) changed_.Wait(mutex_);
  Outcome outcome = std::move(done_.extract(handed_over_).mapped());
  ++handed_over_;
  changed_.NotifyAll();
  return outcome;
}

void Campaign::Work() {
  while (true) {
    World::Options run = first_;
    uint64_t number = 0;
    {
      MutexLock lock(mutex_);
      while (!given_up_ && begun_ < runs_ && begun_ >= handed_over_ + ahead_max_) {
        changed_.Wait(mutex_);
      }
      if (given_up_ || begun_ == runs_) return;
      number = begun_++;
    }
    run.seed += number;
    Outcome outcome = Simulate(run);
    MutexLock lock(mutex_);
    done_.emplace(number, std::move(outcome));
    changed_.NotifyAll();
  }
}

}  // namespace baton::simulation
