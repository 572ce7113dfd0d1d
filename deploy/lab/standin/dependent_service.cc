#include "deploy/lab/standin/dependent_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/status/status_macros.h"
#include "deploy/lab/standin/service_center.h"

namespace baton::standin {

DependentService::DependentService(std::string name, const ServiceContext& context)
    : name_(std::move(name)), context_(context) {
  const MachineConfig& config = context_.config;
  if (name_ == "deployment") {
    ports_ = {config.deployment_port, config.deployment_rest_port};
  } else {
    ports_ = {config.scheduler_port, config.scheduler_rest_port};
  }
}

absl::Status DependentService::OpenSessions() {
  const MachineConfig& config = context_.config;
  if (!database_) {
    ASSIGN_OR_RETURN(
        database_, DatabaseSession(context_.host, config.database,
                                   absl::StrCat("hello service ", name_, " ", context_.host.name)));
    controller_.emplace(
        Endpoint{config.controller_host, config.controller_port}, context_.host.address,
        absl::StrCat("register ", name_, " ", context_.host.name, " ", config.connection_string));
  }
  RETURN_IF_ERROR(database_->KeepAlive());
  const absl::Status registered = controller_->Open();
  // A refusal is retried as well: somebody may correct and restart the Deployment Controller.
  if (absl::IsFailedPrecondition(registered)) return absl::UnavailableError(registered.message());
  return registered;
}

absl::Status DependentService::RegisterServer() {
  const std::string& outgoing = context_.config.outgoing_address;
  const Endpoint endpoint{outgoing.empty() ? context_.host.address : outgoing,
                          context_.config.deployment_port};
  return database_->Call(absl::StrCat("register ", context_.host.name, " ", endpoint.ToString()))
      .status();
}

absl::Status DependentService::Initialize() {
  RETURN_IF_ERROR(OpenSessions());
  if (name_ == "deployment") RETURN_IF_ERROR(RegisterServer());
  for (const uint16_t port : ports_) {
    if (port == 0) continue;
    ASSIGN_OR_RETURN(std::unique_ptr<StreamServer> server,
                     ServeLines(context_.loop, {context_.host.address, port},
                                [this](absl::string_view line) { return Answer(line); }));
    servers_.push_back(std::move(server));
  }
  return absl::OkStatus();
}

void DependentService::Heartbeat() {
  // The database's own log tells of lost sessions; a service works on with what it has.
  (void)database_->KeepAlive();
  const absl::Status alive = controller_->KeepAlive();
  if (!alive.ok() && !controller_lost_) {
    context_.log.Error(
        absl::StrCat("The Deployment Controller is not reachable: ", alive.message()));
  }
  if (alive.ok() && controller_lost_) {
    context_.log.Information("Registered at the Deployment Controller again.");
  }
  controller_lost_ = !alive.ok();
}

std::string DependentService::Answer(absl::string_view line) {
  if (line == "ping") return "ok";
  if (name_ != "deployment" || !absl::ConsumePrefix(&line, "deploy ")) {
    return "error malformed request";
  }
  if (line == kServiceCenterModule) {
    const absl::Status deployed = MarkServiceCenterDeployed(context_.state);
    if (!deployed.ok()) return absl::StrCat("error ", deployed.message());
  }
  context_.log.Information(absl::StrCat("Deployed ", line, "."));
  return "ok";
}

}  // namespace baton::standin
