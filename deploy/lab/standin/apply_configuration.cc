#include "deploy/lab/standin/apply_configuration.h"

#include <memory>
#include <string>

#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "deploy/lab/standin/farm_tool.h"
#include "deploy/lab/standin/reserialize.h"
#include "deploy/lab/standin/restart_services.h"
#include "deploy/lab/standin/secret.h"

namespace baton::standin {
namespace {

constexpr absl::string_view kName = "apply-configuration";

absl::StatusOr<AppliedSettings> ReadSettings(const HostState& state) {
  ASSIGN_OR_RETURN(const std::string key_file, state.Read("private.key"));
  ASSIGN_OR_RETURN(const std::string key, ParsePrivateKeyFile(key_file));
  ASSIGN_OR_RETURN(const std::string hsconf, state.Read("server.hsconf"));
  absl::StatusOr<AppliedSettings> applied = Reserialize(hsconf, key);
  if (!applied.ok()) {
    return Annotate(applied.status(), "Invalid configuration in server.hsconf");
  }
  return applied;
}

absl::Status Apply(const HostState& state, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const HostFacts host, ReadHostFacts(state));
  ASSIGN_OR_RETURN(const AppliedSettings applied, ReadSettings(state));
  ASSIGN_OR_RETURN(const std::unique_ptr<Session> database,
                   OpenToolSession(host, applied.machine.database, kName, progress));
  progress.Next();
  progress.Next();
  RETURN_IF_ERROR(state.Write("server.hsconf", applied.hsconf));
  RETURN_IF_ERROR(state.Write("machine.config", FormatMachineConfig(applied.machine)));
  progress.Finish();
  const std::string enables = state.Knob("apply_enables", "");
  if (!enables.empty()) {
    RETURN_IF_ERROR(state.WriteStartupType(enables, StartupType::kAutomatic));
  }
  progress.KeepAlive({});
  if (state.Knob("apply_restarts", "false") != "true") return absl::OkStatus();
  return RestartServices(state, progress);
}

}  // namespace

Tool ApplyConfigurationTool(const HostState& state) {
  return {std::string(kName),
          {"Validating configuration...", "Upgrading database model...",
           "Writing configuration files...", "Configuration applied successfully."},
          [&state](ToolProgress& progress) { return Apply(state, progress); }};
}

}  // namespace baton::standin
