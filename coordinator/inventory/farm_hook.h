#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "baton/plan/v1/plan.pb.h"
#include "common/config/config_node.h"
#include "common/fs/file_system.h"

namespace baton {

inline constexpr size_t kHooksMax = 64;
inline constexpr size_t kHookArgumentsMax = 64;

// Where a hook stands: once around a stage, or around the steps of each host in it.
enum class HookPlace { kBeforeStage, kAfterStage, kBeforeHost, kAfterHost };

// A command of the site that runs belong to: load balancer, DNS, a message.
struct FarmHook {
  std::string name;  // a-z, 0-9 and '-'; unique in the farm
  HookPlace place = HookPlace::kBeforeStage;
  std::string stage;
  std::vector<std::string> command;  // the absolute path of a program, and its arguments
  absl::Duration timeout = absl::Minutes(1);
  bool warn_only = false;   // a failure is noted and the run goes on
  bool repeatable = false;  // may be run again when it is not known whether it did its work
  std::vector<plan::v1::Procedure> procedures;  // empty: all

  // It belongs to plans of `procedure`.
  bool AppliesTo(plan::v1::Procedure procedure) const;

  // `before-host:repoint`: the place as the farm file writes it.
  std::string Position() const;
};

// Reads the hooks of a farm file. INVALID_ARGUMENT with line and column for whatever is wrong in
// it; besides the syntax: more than kHooksMax, two of one name, a stage that no procedure has, a
// program whose path is not absolute.
absl::StatusOr<std::vector<FarmHook>> ParseHooks(const ConfigNode& node);

// Whether commands may be taken from the farm file: PERMISSION_DENIED if it is no regular file, if
// anybody but its owner may change it, or if the owner is neither root nor `user`.
absl::Status CheckHookSource(FileSystem& fs, const std::string& path, uint32_t user);

}  // namespace baton
