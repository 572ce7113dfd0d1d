#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "agent/platform/standin/control_protocol.h"
#include "deploy/lab/standin/fault.h"
#include "deploy/lab/standin/machine_config.h"

namespace baton::standin {

inline constexpr uint64_t kStateFileBytesMax = 1 << 20;
inline constexpr absl::Duration kKnobMax = absl::Minutes(10);

// A host's state folder: everything that survives its reboot. Knobs and faults are read at each
// use, so that a lab may change them at any time. README.md lists the files. Several processes
// share the folder; writes replace whole files.
class HostState {
 public:
  explicit HostState(std::string folder) : folder_(std::move(folder)) {}

  const std::string& folder() const { return folder_; }
  std::string Path(absl::string_view name) const;
  bool Has(absl::string_view name) const;

  // A host of the Java stack: startup types are in its os.services.conf.
  bool is_java() const;

  // A file of the folder. NOT_FOUND if it does not exist.
  absl::StatusOr<std::string> Read(absl::string_view name) const;

  // As Read, without surrounding blanks.
  absl::StatusOr<std::string> ReadWord(absl::string_view name) const;

  // Replaces a file, and makes the folders above it.
  absl::Status Write(absl::string_view name, absl::string_view data) const;

  // The startup type of a service. NOT_FOUND if the host has no such service.
  absl::StatusOr<StartupType> ReadStartupType(absl::string_view service) const;
  absl::Status WriteStartupType(absl::string_view service, StartupType type) const;

  // The settings that services run with. FAILED_PRECONDITION if they are unreadable.
  absl::StatusOr<MachineConfig> ReadMachineConfig() const;

  // DIR/knobs/NAME, or `fallback` if there is no such file. INVALID_ARGUMENT if a number of seconds
  // is malformed, negative or above kKnobMax.
  std::string Knob(absl::string_view name, absl::string_view fallback) const;
  absl::StatusOr<absl::Duration> KnobDuration(absl::string_view name,
                                              absl::Duration fallback) const;

  // The fault injected under `name`, or none. A malformed fault is INVALID_ARGUMENT.
  absl::StatusOr<Fault> ReadFault(absl::string_view name) const;

 private:
  std::string folder_;
};

}  // namespace baton::standin
