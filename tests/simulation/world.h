#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/random.h"
#include "tests/simulation/virtual_time.h"

namespace baton::simulation {

// A mistake that is built into a simulated driver on purpose, to see that it is noticed.
enum class Sabotage : uint8_t {
  kNone,
  kActBeforeLog,       // an agent tells its core that the log is durable, and writes it later
  kNeverSync,          // an agent's log is never synced
  kActFromLog,         // an agent that starts begins again what its log leaves open
  kCallBeforeJournal,  // the coordinator tells its engine that records are durable before they are
  kForgetClaims,       // an agent loses its log at a restart
  kCount
};

// What all parts of one simulated run share: time, chance, faults, the trace, and the first thing
// that should not have happened. Not thread-safe.
class World {
 public:
  struct Options {
    uint64_t seed = 1;
    bool trace = false;
    Sabotage sabotage = Sabotage::kNone;
    size_t hosts_min = 2;
    size_t hosts_max = 30;
  };

  // Faults happen for `fault_time` of virtual time.
  World(const Options& options, Random random, absl::Duration fault_time)
      : options_(options), random_(random), faults_(random_, fault_time) {}

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Random& random() { return random_; }
  VirtualTime& time() { return time_; }
  absl::Time Now() const { return time_.Now(); }
  absl::Duration elapsed() const { return time_.elapsed(); }
  uint64_t seed() const { return options_.seed; }
  Sabotage sabotage() const { return options_.sabotage; }
  const Faults& faults() const { return faults_; }

  // Whether the fault happens now, at `place`.
  bool Roll(Fault fault, absl::string_view place);

  // Whether faults may still happen.
  bool faulty() const { return elapsed() < faults_.until(); }

  bool tracing() const { return options_.trace; }
  const std::vector<std::string>& trace() const { return trace_; }

  // Adds a line. Where making the parts costs something, ask `tracing` first.
  template <typename... Parts>
  void Trace(absl::string_view who, const Parts&... parts) {
    if (tracing()) AddLine(who, absl::StrCat(parts...));
  }

  // A promise is broken. The first one counts, and the run stops there.
  void Fail(std::string what);
  const std::string& failure() const { return failure_; }

 private:
  void AddLine(absl::string_view who, absl::string_view what);

  const Options options_;
  Random random_;
  VirtualTime time_;
  Faults faults_;
  std::vector<std::string> trace_;
  std::string failure_;
};

}  // namespace baton::simulation
