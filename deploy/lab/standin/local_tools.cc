#include "deploy/lab/standin/local_tools.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/cache_service.h"
#include "deploy/lab/standin/host_facts.h"
#include "deploy/lab/standin/restart_services.h"
#include "deploy/lab/standin/secret.h"

namespace baton::standin {
namespace {

absl::Status ReadSerial(const HostState& state, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const HostFacts host, ReadHostFacts(state));
  progress.Say(state.Knob("printed_serial", host.serial));
  return absl::OkStatus();
}

absl::Status ReadZones(const HostState& state, ToolProgress& progress) {
  const absl::StatusOr<std::string> zones = state.ReadWord("zones.json");
  if (zones.ok()) {
    progress.Say(*zones);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const MachineConfig machine, state.ReadMachineConfig());
  progress.Say(absl::StrCat(R"([{"Name":"Global","Address":")", machine.controller_host,
                            R"(","EnableHttps":false}])"));
  return absl::OkStatus();
}

absl::Status CreateCacheService(const HostState& state, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const HostFacts host, ReadHostFacts(state));
  ASSIGN_OR_RETURN(const std::string key_file, state.Read("private.key"));
  ASSIGN_OR_RETURN(const std::string key, ParsePrivateKeyFile(key_file));
  ASSIGN_OR_RETURN(const std::string bytes, state.Read("server.hsconf"));
  ASSIGN_OR_RETURN(const Hsconf hsconf, ParseHsconf(bytes));
  ASSIGN_OR_RETURN(const MachineConfig machine, MachineConfigOf(hsconf));
  progress.Next();
  RETURN_IF_ERROR(ConfigureCache(state, hsconf, key));
  RETURN_IF_ERROR(state.WriteStartupType("cache", StartupType::kAutomatic));
  RETURN_IF_ERROR(RestartService(state, "cache", progress));
  ASSIGN_OR_RETURN(Session database,
                   DatabaseSession(host, machine.database,
                                   absl::StrCat("hello service create-cache-service ", host.name)));
  RETURN_IF_ERROR(database.Open());
  return database.Call(absl::StrCat("record cache-service-created ", host.name)).status();
}

}  // namespace

Tool ReadSerialTool(const HostState& state) {
  return {
      "read-serial", {}, [&state](ToolProgress& progress) { return ReadSerial(state, progress); }};
}

Tool ReadZonesTool(const HostState& state) {
  return {
      "read-zones", {}, [&state](ToolProgress& progress) { return ReadZones(state, progress); }};
}

Tool CreateCacheServiceTool(const HostState& state) {
  return {"create-cache-service",
          {"Configuring RabbitMQ...", "Cache invalidation service configured successfully."},
          [&state](ToolProgress& progress) { return CreateCacheService(state, progress); }};
}

}  // namespace baton::standin
