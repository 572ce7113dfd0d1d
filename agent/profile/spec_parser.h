#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "agent/profile/profile.h"
#include "agent/profile/variables.h"
#include "common/config/config_node.h"

namespace baton {

// The parts of a profile, for ParseProfile. Errors are those of ParseProfile.
absl::StatusOr<ServiceSpec> ParseServiceSpec(const ConfigNode& node, const Variables& variables);
absl::StatusOr<ConfigurationSpec> ParseConfigurationSpec(const ConfigNode& node,
                                                         const Variables& variables);
absl::StatusOr<ToolSpec> ParseToolSpec(const ConfigNode& node, const Variables& variables);
absl::StatusOr<ServicesByHand> ParseServicesByHand(const ConfigNode& node);
absl::StatusOr<std::optional<PingSpec>> ParsePingSpec(const ConfigNode& node);
absl::StatusOr<std::optional<CacheTlsSpec>> ParseCacheTlsSpec(const ConfigNode& node,
                                                              const Variables& variables);
absl::StatusOr<std::optional<SerialSpec>> ParseSerialSpec(const ConfigNode& node,
                                                          const Variables& variables);
absl::StatusOr<std::optional<DialogSpec>> ParseDialogSpec(const ConfigNode& node,
                                                          const Variables& variables);
absl::StatusOr<std::optional<InitScriptSpec>> ParseInitScriptSpec(const ConfigNode& node,
                                                                  const Variables& variables);

}  // namespace baton
