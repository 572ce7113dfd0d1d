#pragma once

#include <cstdint>
#include <set>

#include "absl/base/thread_annotations.h"
#include "common/sync/mutex.h"

namespace baton {

// Ports of this host that the agent itself listens on, for other hosts to try. Whoever takes a port
// that answers for a service that runs asks here, before the port and behind it. Thread-safe.
class OwnPorts {
 public:
  // Add before listening begins, remove when it has ended.
  void Add(uint16_t port) {
    MutexLock lock(mutex_);
    ports_.insert(port);
  }
  void Remove(uint16_t port) {
    MutexLock lock(mutex_);
    ports_.erase(port);
  }
  bool Has(uint16_t port) const {
    MutexLock lock(mutex_);
    return ports_.contains(port);
  }

 private:
  mutable Mutex mutex_;
  std::set<uint16_t> ports_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
