#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "agent/config/agent_config.h"
#include "agent/platform/service_manager.h"
#include "agent/probes/own_ports.h"
#include "agent/profile/profile.h"
#include "agent/tools/supervisor_launcher.h"

namespace baton {

// What differs from platform to platform: how services are driven, and how tools are started so
// that they outlive the agent.
struct PlatformBackend {
  std::unique_ptr<SupervisorLauncher> launcher;  // outlives `services`, which may use it
  std::unique_ptr<ServiceManager> services;
};

// The backend that the configuration names. `program` is the absolute path of baton-agent;
// `own_ports` must outlive it.
// INVALID_ARGUMENT for a profile that the backend cannot drive; UNIMPLEMENTED for a backend that
// this build does not have.
absl::StatusOr<PlatformBackend> MakeBackend(const AgentConfig& config, const Profile& profile,
                                            const std::string& program, const OwnPorts& own_ports);

}  // namespace baton
