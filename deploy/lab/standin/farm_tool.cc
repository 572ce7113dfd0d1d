#include "deploy/lab/standin/farm_tool.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton::standin {
namespace {

constexpr absl::Duration kDeployTimeout = absl::Seconds(10);

absl::Status DeployTo(const std::string& endpoint, const HostFacts& host,
                      absl::string_view module) {
  ASSIGN_OR_RETURN(const Endpoint peer, ParseEndpoint(endpoint));
  LineClient client;
  RETURN_IF_ERROR(client.Connect(peer, host.address));
  return client.Call(absl::StrCat("deploy ", module), kDeployTimeout).status();
}

absl::Status OnDeadServer(const HostState& state, const std::string& server,
                          const absl::Status& why, ToolProgress& progress) {
  const std::string words =
      absl::StrCat("Could not deploy to the server ", server, ": ", why.message());
  const std::string policy = state.Knob("dead_server", "warn");
  if (policy == "fail") return absl::FailedPreconditionError(words);
  if (policy == "hang") {
    progress.Hang();
    return absl::DeadlineExceededError(words);
  }
  progress.Say(absl::StrCat("Warning: ", words));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> OpenToolSession(const HostFacts& host,
                                                         const std::string& database,
                                                         absl::string_view name,
                                                         ToolProgress& progress) {
  ASSIGN_OR_RETURN(
      Session made,
      DatabaseSession(host, database, absl::StrCat("hello tool ", name, " ", host.name)));
  auto session = std::make_unique<Session>(std::move(made));
  RETURN_IF_ERROR(Annotate(session->Open(), "Could not connect to the database"));
  // A lost session is opened anew: the tool still runs, and the database must know.
  progress.KeepAlive([raw = session.get()] { (void)raw->KeepAlive(); });
  return session;
}

absl::Status Compile(const HostFacts& host, const MachineConfig& machine,
                     absl::string_view module) {
  const Endpoint controller{host.address, machine.controller_port};
  LineClient client;
  absl::Status compiled = client.Connect(controller, host.address);
  if (compiled.ok()) compiled = client.Call(absl::StrCat("compile ", module)).status();
  if (compiled.ok()) return compiled;
  return absl::FailedPreconditionError(absl::StrCat(
      "Could not connect to the Deployment Controller Service. Make sure that it is running and "
      "initialized on this server. ",
      compiled.message()));
}

absl::Status DeployToServers(const HostState& state, const HostFacts& host, Session& database,
                             absl::string_view module, ToolProgress& progress) {
  ASSIGN_OR_RETURN(const std::string servers, database.Call("servers"));
  for (const absl::string_view server : absl::StrSplit(servers, ' ', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> name_and_endpoint =
        absl::StrSplit(server, absl::MaxSplits('=', 1));
    progress.Say(absl::StrCat("Deploying ", module, " to ", name_and_endpoint.first, "..."));
    const absl::Status deployed = DeployTo(name_and_endpoint.second, host, module);
    if (!deployed.ok()) {
      RETURN_IF_ERROR(OnDeadServer(state, name_and_endpoint.first, deployed, progress));
    }
  }
  return absl::OkStatus();
}

}  // namespace baton::standin
