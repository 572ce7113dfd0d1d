#pragma once

#include "absl/status/status.h"
#include "common/daemon/daemon.h"

namespace baton {

// What the operating system tells a daemon to do, until it is told to stop. One implementation a
// platform; for RunDaemon only.
class DaemonLoop {
 public:
  // Catches requests from here on, those that come while the daemon starts, too.
  static absl::StatusOr<std::unique_ptr<DaemonLoop>> Make();

  // Restores how requests were treated before.
  virtual ~DaemonLoop() = default;

  // Says that the daemon is ready, then reloads it and reports that it is alive as asked, and
  // returns when it is to stop, having said that it stops.
  virtual void RunUntilStop(Daemon& daemon) = 0;
};

}  // namespace baton
