#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/process/file_descriptor.h"

namespace baton {

// Listens on TCP ports for others to try, and has nothing to say on them. Leaves no trace: ports
// are free for a service as soon as the listener is gone. Not thread-safe.
class PortListener {
 public:
  // The most connections that are open at the same time; the oldest makes room.
  static constexpr size_t kConnectionsMax = 64;
  // A caller that does not close its connection is cut off after this.
  static constexpr absl::Duration kConnectionAgeMax = absl::Seconds(1);

  // Listens on `address`, an IP address or a name; 0.0.0.0 and :: are every address of the machine.
  explicit PortListener(std::string address) : address_(std::move(address)) {}

  // Begins to listen. ALREADY_EXISTS, ending with the system's own words, if something else has the
  // port; INVALID_ARGUMENT for an address that cannot be; else the code of the system's error.
  absl::Status Open(uint16_t port);

  // Accepts connections for `duration`, and closes each when its caller has, or has said something.
  void Serve(absl::Duration duration);

 private:
  struct Connection {
    FileDescriptor socket;
    absl::Time expires;
  };

  void Accept(const FileDescriptor& listener, absl::Time now);

  const std::string address_;
  std::vector<FileDescriptor> listeners_;
  std::list<Connection> connections_;  // the oldest first
};

}  // namespace baton
