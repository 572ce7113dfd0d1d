#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/sync/mutex.h"
#include "common/time/clock.h"
#include "coordinator/agent_client/agent_client.h"
#include "coordinator/engine/engine.h"
#include "coordinator/fences/fence_runner.h"
#include "coordinator/hooks/hook_runner.h"
#include "coordinator/inventory/farm_file.h"
#include "coordinator/journal/journal.h"
#include "coordinator/runtime/output_feed.h"
#include "coordinator/runtime/run_book.h"

namespace baton {

// How long one call that only reads, or claims, may take.
inline constexpr absl::Duration kReadTimeout = absl::Seconds(10);

// Carries out the effects of one engine: appends, calls agents, runs hooks and fences, keeps
// timers, and feeds what comes back in as events, on one thread of its own. The destructor stops
// and joins it; calls that are under way then answer into the void, and the run is as journaled.
// Thread-safe.
class RunDriver {
 public:
  // What a driver needs; all must outlive it.
  struct World {
    Journal& journal;
    RunBook& book;
    AgentClient& agents;
    Clock& clock;
    OutputFeed& output;
    HookRunner& hooks;
    FenceRunner& fences;
    const FarmFile& farm;
    std::string coordinator_address;  // where guards find the Baton coordinator; may be empty
  };

  // Starts driving with `first`.
  RunDriver(const World& world, std::string farm_id, engine::RunState state, engine::Event first);
  ~RunDriver();

  RunDriver(const RunDriver&) = delete;
  RunDriver& operator=(const RunDriver&) = delete;

  // Feeds an event in.
  void Post(engine::Event event);

  // FAILED_PRECONDITION once the journal could not be written: the run stays as journaled.
  absl::Status status();

 private:
  // Events from callbacks that may come after the driver is gone.
  struct Mailbox {
    Mutex mutex;
    CondVar arrived;
    std::deque<engine::Event> events ABSL_GUARDED_BY(mutex);
    bool closed ABSL_GUARDED_BY(mutex) = false;
    void Put(engine::Event event);
  };

  void Run(engine::Event first);
  bool NextEvent(engine::Event& event);
  void Carry(engine::Effects effects);
  void Do(engine::AppendRecords effect);
  void Do(engine::ClaimHost effect);
  void Do(engine::ChangeHost effect);
  void Do(engine::ReadHost effect);
  void Do(engine::ProbeHost effect);
  void Do(engine::RunHook effect);
  void Do(engine::RunFence effect);
  void Do(engine::SetTimer effect);
  void Do(engine::Halt effect);

  const World world_;
  const std::string farm_id_;
  const std::shared_ptr<Mailbox> mailbox_;
  engine::Engine engine_;                           // on thread_ only
  std::multimap<absl::Duration, uint64_t> timers_;  // by Clock::Monotonic; on thread_ only
  // Bytes of output that came, by operation: a call that attaches again goes on from there. The map
  // is used on thread_ only.
  std::map<std::string, std::shared_ptr<std::atomic<uint64_t>>> received_;
  Mutex status_mutex_;
  absl::Status status_ ABSL_GUARDED_BY(status_mutex_);
  std::thread thread_;  // joined by the destructor
};

}  // namespace baton
