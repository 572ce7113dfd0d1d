#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "agent/operation/tool_values.h"
#include "baton/plan/v1/host.pb.h"
#include "baton/plan/v1/plan.pb.h"

namespace baton {

// DigestWithoutSecrets of the configuration file as it is, and as a rewrite or a restore would
// leave it. 32 bytes each digest.
struct RewriteDigests {
  std::string before;
  std::string after;
  // Of a rewrite: the backup that its run keeps, by name and digest; empty while there is none.
  std::string backup;
  std::string backup_digest;
};

// What a caller asks an agent to change: any of the changing RPCs, in the shape that the core
// decides on. It is kept in memory only, because a rewrite and a tool's values may hold secrets.
struct Change {
  plan::v1::Fence fence;
  // With the goals that belong to its kind: start_service asks for RUNNING, stop_service for
  // STOPPED, set_startup_type for a startup type, and nothing besides.
  plan::v1::Action action;
  // With set_assignment: the assignment.
  plan::v1::Assignment assignment;
  // With rewrite and restore: the digests, read just before; unset if a file could not be read or
  // the rewrite could not be computed. The agent must write exactly the bytes that have the digest
  // `after`.
  std::optional<RewriteDigests> digests;
  // With run_tool: one for each parameter of the tool.
  ToolValues values;
};

inline constexpr size_t kDigestBytes = 32;
inline constexpr size_t kOperationIdBytesMax = 200;
inline constexpr size_t kActionTextBytesMax = size_t{16} << 10;
inline constexpr int kSettingChangesMax = 64;
inline constexpr size_t kBackupNameBytesMax = 255;

// What the change does, in words that are equal exactly for equal changes, whatever their fence. It
// is what the operation log keeps, and how a repeated request is told from another one.
std::string ChangeText(const Change& change);

// The change replaces the configuration file: a rewrite or a restore.
bool ReplacesFile(const plan::v1::Action& action);

// Checks everything that can be checked without knowing the agent. INVALID_ARGUMENT, naming the
// field.
absl::Status CheckFields(const Change& change);

}  // namespace baton
