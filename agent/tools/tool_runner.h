#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agent/tools/tool_command.h"
#include "agent/tools/tool_status.h"

namespace baton {

// Runs tools of the platform so that they outlive the agent: any later agent finds them again by
// id. Nothing here waits for a tool; callers poll Inspect and ReadOutput (kToolPollInterval is a
// good pace). Thread-safe.
class ToolRunner {
 public:
  virtual ~ToolRunner() = default;

  // Stores the command and starts the tool. Returns when its supervisor has begun; that the program
  // itself could not be executed is an answer of Inspect. Safe to repeat: an id whose tool may have
  // run is ALREADY_EXISTS, one that is stored but has not run is started now. INVALID_ARGUMENT if
  // the command is not valid, or if the id is stored with a different command. DEADLINE_EXCEEDED if
  // the supervisor has not begun within kSupervisorStartTimeout: it may yet, Inspect tells.
  // RESOURCE_EXHAUSTED if the disk is full; nothing has been started then. Files of the command are
  // stored with mode 0600 until the tool has ended.
  virtual absl::Status Start(const ToolCommand& command) = 0;

  // What is known of a tool. NOT_FOUND if the id is not stored.
  virtual absl::StatusOr<ToolStatus> Inspect(absl::string_view id) = 0;

  // Up to `bytes_max` bytes of the tool's output (standard output and error as they came, secrets
  // masked) from `offset` on. "" when there is nothing more yet, or ever. NOT_FOUND if the id is
  // not stored.
  virtual absl::StatusOr<std::string> ReadOutput(absl::string_view id, uint64_t offset,
                                                 uint64_t bytes_max) = 0;

  // Asks for the tool's end and returns at once: SIGTERM, and SIGKILL after the command's grace. Ok
  // if it does not run. NOT_FOUND if the id is not stored.
  virtual absl::Status Kill(absl::string_view id) = 0;

  // Where Start stores a file of the command with this id, for the command's arguments.
  virtual std::string FilePath(absl::string_view id, absl::string_view name) const = 0;

  // Removes the command's files of a tool that does not run, which its supervisor does at its end
  // if it lives to see it. Ok if there are none, or nothing is stored. FAILED_PRECONDITION if the
  // tool runs, ABORTED if its supervisor begins just now.
  virtual absl::Status RemoveFiles(absl::string_view id) = 0;

  // Removes all that is stored of a tool, after which its id can be started again. NOT_FOUND if the
  // id is not stored, FAILED_PRECONDITION if the tool runs.
  virtual absl::Status Forget(absl::string_view id) = 0;
};

// A good pace for callers who wait for a tool's output or end.
inline constexpr absl::Duration kToolPollInterval = absl::Milliseconds(50);

// How long Start waits for the supervisor.
inline constexpr absl::Duration kSupervisorStartTimeout = absl::Seconds(10);

}  // namespace baton
