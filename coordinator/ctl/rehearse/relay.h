#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/file_descriptor.h"
#include "common/sync/mutex.h"

namespace baton::rehearse {

// A way to a server on loopback that can be cut off while the server works on: it listens beside
// the server and carries bytes both ways. Carried by a thread of its own, which the destructor
// joins. Thread-safe.
class Relay {
 public:
  // Connections that are open at the same time; further ones wait.
  static constexpr size_t kConnectionsMax = 64;

  // Listens at `port` of a literal IPv4 address, and carries to `server_port` of the same; port 0
  // chooses one. The system's errors.
  static absl::StatusOr<std::unique_ptr<Relay>> Open(const std::string& address, uint16_t port,
                                                     uint16_t server_port);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  uint16_t port() const { return port_; }

  // Lets nothing through for `length` from now on: whoever speaks hears nothing. Then connections
  // that were open are reset, as by a network that has forgotten them, and new ones get through.
  void CutFor(absl::Duration length);

 private:
  // A connection: the caller's end, the server's, and what waits to be sent to either.
  struct Pair {
    FileDescriptor near;
    FileDescriptor far;
    std::string to_near;
    std::string to_far;
  };

  Relay(std::string address, uint16_t port, uint16_t server_port, FileDescriptor listener,
        FileDescriptor wake);

  void Run();
  bool over();
  absl::Time cut_until();
  void WaitAndCarry();
  void AcceptAll();
  void Wake();
  // Whether there was something to look at.
  bool TakeWake();

  const std::string address_;
  const uint16_t port_;
  const uint16_t server_port_;
  const FileDescriptor listener_;
  const FileDescriptor wake_;  // readable when something is to be looked at
  std::list<Pair> pairs_;      // of the thread alone
  Mutex mutex_;
  absl::Time cut_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace baton::rehearse
