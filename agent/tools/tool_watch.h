#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "agent/tools/output_recorder.h"
#include "agent/tools/tool_command.h"
#include "agent/tools/tool_status.h"
#include "common/process/file_descriptor.h"
#include "common/process/process.h"

namespace baton {

// Follows one running tool to its end: drains its output, enforces its time-out and obeys requests
// to kill it. Part of the supervisor; not thread-safe.
class ToolWatch {
 public:
  // `output` is the reading end of the tool's output, non-blocking. `requests` is a signalfd: each
  // signal asks for the tool's end. All are borrowed.
  ToolWatch(const ToolCommand& command, Process& process, const FileDescriptor& output,
            const FileDescriptor& requests, OutputRecorder& recorder);

  // Returns when the tool has ended, how it ended. Output is not part of the answer.
  absl::StatusOr<ToolExit> WaitForExit();

 private:
  enum class Phase { kRunning, kTerminating, kKilled };

  // Waits for events and deals with them. False once the tool has ended.
  bool Step();
  // Reads once. False when there is nothing to read now or ever again.
  bool ReadOutput();
  void DrainRest();
  void TakeRequest();
  void EnforceDeadline();
  void Terminate();
  // Reaches the tool's process group or, where that holds services, the tool alone.
  void Signal(int signal) const;
  absl::Duration TimeLeft() const;

  const ToolCommand& command_;
  Process& process_;
  const FileDescriptor& output_;
  const FileDescriptor& requests_;
  OutputRecorder& recorder_;
  Phase phase_ = Phase::kRunning;
  absl::Duration deadline_;  // of the phase, on the monotonic clock
  bool output_ended_ = false;
  ToolExit exit_;
};

}  // namespace baton
