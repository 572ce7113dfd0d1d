#include "agent/platform/backend.h"

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "agent/platform/standin/standin_service_manager.h"
#include "agent/platform/systemd/systemd_service_manager.h"
#include "agent/tools/detached_supervisor_launcher.h"
#include "agent/tools/systemd_supervisor_launcher.h"

namespace baton {
namespace {

// What the service manager of the host calls the profile's services.
std::map<plan::v1::Service, std::string> UnitNames(const Profile& profile) {
  std::map<plan::v1::Service, std::string> names;
  for (const ServiceSpec& service : profile.services) names[service.service] = service.unit;
  return names;
}

PlatformBackend MakeStandin(const Profile& profile, const std::string& program) {
  // A lab host keeps its configuration file and its control socket in one folder.
  const std::filesystem::path state =
      std::filesystem::path(profile.configuration.path).parent_path();
  PlatformBackend backend;
  backend.services = std::make_unique<StandinServiceManager>(state.string(), UnitNames(profile));
  backend.launcher = std::make_unique<DetachedSupervisorLauncher>(program);
  return backend;
}

PlatformBackend MakeSystemd(const Profile& profile, const std::string& program) {
  PlatformBackend backend;
  backend.services = std::make_unique<SystemdServiceManager>(UnitNames(profile));
  backend.launcher = std::make_unique<SystemdSupervisorLauncher>(program);
  return backend;
}

}  // namespace

absl::StatusOr<PlatformBackend> MakeBackend(const AgentConfig& config, const Profile& profile,
                                            const std::string& program) {
  switch (config.backend) {
    case Backend::kStandin:
      return MakeStandin(profile, program);
    case Backend::kSystemd:
      return MakeSystemd(profile, program);
    default:
      return absl::UnimplementedError(
          absl::StrCat("this build of baton-agent does not have the backend that agent.yaml "
                       "names; it has: standin, systemd"));
  }
}

}  // namespace baton
