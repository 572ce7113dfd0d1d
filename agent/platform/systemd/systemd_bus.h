#pragma once

#include <functional>
#include <memory>
#include <string>

#include <systemd/sd-bus.h>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/platform/systemd/unit_state.h"
#include "common/sync/mutex.h"

namespace baton {

// What can be done to a unit's file, persistently: what lasts until the next boot only is never
// asked for.
enum class UnitFileChange { kEnable, kDisable, kMask, kUnmask };

// The words of org.freedesktop.systemd1.Manager(5) that Baton speaks to systemd, over one
// connection to the system's D-Bus that is made when it is first needed and again after it broke.
// Errors are those of BusError and end with the words that came over the bus. Thread-safe: calls
// take turns.
class SystemdBus {
 public:
  // Where the D-Bus specification says that the system bus listens.
  static constexpr char kSystemBus[] = "unix:path=/var/run/dbus/system_bus_socket";
  // Of each call, from the request to the answer; and of making the connection.
  static constexpr absl::Duration kCallTimeout = absl::Seconds(5);
  // Of a reload, in which systemd reads all units again.
  static constexpr absl::Duration kReloadTimeout = absl::Seconds(30);

  explicit SystemdBus(std::string address = kSystemBus, absl::Duration call_timeout = kCallTimeout);

  // The unit as systemd knows it. One that does not exist has load_state `not-found` and is no
  // error.
  absl::StatusOr<UnitProperties> Read(const std::string& unit);

  // Queues a job that replaces others of the unit; its end is not waited for.
  absl::Status Start(const std::string& unit);
  absl::Status Stop(const std::string& unit);

  // Takes effect on disk at once, and in systemd's memory with the next Reload. FAILED_PRECONDITION
  // if there is nothing to enable: the unit has no [Install] section.
  absl::Status Change(UnitFileChange change, const std::string& unit);

  // Makes systemd read its units again.
  absl::Status Reload();

 private:
  struct Close {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  // Something to say on the bus; returns a negative error number, or fills the error, on failure.
  using Talk = std::function<int(sd_bus* bus, sd_bus_error* error)>;

  absl::Status Exchange(const Talk& talk);
  absl::Status TalkOnce(const Talk& talk) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string address_;
  const absl::Duration call_timeout_;
  Mutex mutex_;
  std::unique_ptr<sd_bus, Close> bus_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton
