#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "deploy/lab/standin/host_state.h"
#include "deploy/lab/standin/tool.h"

namespace baton::standin {

inline constexpr int kUsageExitCode = 2;

// The tools that a command line of ConfigurationTool.com asks for, in the order in which it runs
// them, whatever the order of the flags. Flags are those of the vendor's Configuration Tool
// reference that matter to a failover; letter case does not matter. INVALID_ARGUMENT for unknown
// flags, missing arguments and flags that cannot be combined. `state` must outlive the result.
absl::StatusOr<std::vector<Tool>> ParseConfigurationToolFlags(
    const HostState& state, const std::vector<std::string>& words);

// Runs the Configuration Tool. The exit code: 0 if all that was asked for was done, kUsageExitCode
// for a refused command line, else that of the tool that failed.
int RunConfigurationTool(const HostState& state, const std::vector<std::string>& words,
                         std::ostream& out);

// Runs `OSPTool.com /PublishFactory HOST USER PASSWORD`, and `SCInstaller.exe -file
// ServiceCenter.oml ...`.
int RunOspTool(const HostState& state, const std::vector<std::string>& words, std::ostream& out);
int RunScInstaller(const HostState& state, const std::vector<std::string>& words,
                   std::ostream& out);

}  // namespace baton::standin
