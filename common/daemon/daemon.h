#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace baton {

// A daemon that was started. It does its work on threads of its own; RunDaemon calls the functions
// below from the main thread, one after the other.
class Daemon {
 public:
  // Stops what Stop left, and ends the daemon's threads.
  virtual ~Daemon() = default;

  // True while the daemon gets on with its work. Asked before each watchdog ping: a daemon that
  // answers false, or never, is killed and started again by systemd. Must be quick.
  virtual bool Alive() { return true; }

  // Reads again what may change at run time (SIGHUP). An error is logged; the daemon goes on as
  // before.
  virtual absl::Status Reload() { return absl::OkStatus(); }

  // Ends the work in order. Called once, before the destructor.
  virtual void Stop() = 0;
};

// What a program tells RunDaemon about itself.
struct DaemonProgram {
  std::string name;            // "baton-agent"
  std::string version;         // "0.1.0"
  std::string default_config;  // path that is used without --config
  // Reads the configuration file, sets up the log as it says (ConfigureLog), and starts. Until then
  // the log goes to stderr.
  std::function<absl::StatusOr<std::unique_ptr<Daemon>>(const std::string& config_path)> start;
};

// Exit codes of RunDaemon.
inline constexpr int kDaemonExitDone = 0;
inline constexpr int kDaemonExitError = 1;
inline constexpr int kDaemonExitUsage = 2;

// The main function of a daemon: understands `--config FILE`, `--version` and `--help`, starts the
// program and waits until it is told to stop. Returns the exit code: 0 after an orderly stop, 1
// when `start` failed, 2 for arguments that are not understood.
//
// SIGTERM and SIGINT stop the daemon; once that has begun, a second one kills it. SIGHUP reloads
// it. SIGPIPE does nothing. Programs that the daemon runs inherit neither handlers nor a blocked
// signal mask.
//
// Under systemd with `Type=notify` it tells READY when `start` has returned, RELOADING and READY
// around a reload, STOPPING before the stop, and with `WatchdogSec=` pings at a third of that time
// while the daemon is alive (sd_notify(3), sd_watchdog_enabled(3)).
//
// REQUIRES: no other threads run, and at most one call at a time in a process.
int RunDaemon(int argc, const char* const* argv, const DaemonProgram& program);

}  // namespace baton
