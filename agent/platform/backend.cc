#include "agent/platform/backend.h"

#include <filesystem>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/host/platform_configuration.h"
#include "agent/host/profile_initialization_probe.h"
#include "agent/platform/outsystems_java/outsystems_java_service_manager.h"
#include "agent/platform/standin/standin_service_manager.h"
#include "agent/platform/systemd/systemd_service_manager.h"
#include "agent/tools/detached_supervisor_launcher.h"
#include "agent/tools/supervised_tool_runner.h"
#include "agent/tools/systemd_supervisor_launcher.h"
#include "common/fs/file_system.h"

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

// A ProfileInitializationProbe and all that it borrows elsewhere.
class OwnInitializationProbe : public InitializationProbe {
 public:
  OwnInitializationProbe(const Profile& profile, const std::string& address,
                         const OwnPorts& own_ports)
      : profile_(profile),
        configuration_(PosixFileSystem(), profile_),
        probe_(PosixFileSystem(), profile_, configuration_, address, own_ports) {}

  InitializationReport Check(plan::v1::Service service) override { return probe_.Check(service); }

 private:
  const Profile profile_;
  PlatformConfiguration configuration_;
  ProfileInitializationProbe probe_;
};

// An init script starts services from its own process: they must not end with a unit.
std::unique_ptr<SupervisorLauncher> MakeScriptLauncher(const std::string& program) {
  if (!StartedBySystemd()) return std::make_unique<DetachedSupervisorLauncher>(program);
  return std::make_unique<SystemdSupervisorLauncher>(program, LeftInUnit::kKept);
}

absl::StatusOr<PlatformBackend> MakeOutsystemsJava(const AgentConfig& config,
                                                   const Profile& profile,
                                                   const std::string& program,
                                                   const OwnPorts& own_ports) {
  if (!profile.init_script.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "profile ", profile.name, " has no init_script, which backend outsystems-java drives"));
  }
  PlatformBackend backend;
  backend.launcher = MakeScriptLauncher(program);
  OutsystemsJavaServiceManager::Parts parts;
  parts.profile = profile;
  parts.program = program;
  parts.scripts = std::make_unique<SupervisedToolRunner>(
      absl::StrCat(config.daemon.state_dir, "/scripts"), *backend.launcher);
  parts.probe =
      std::make_unique<OwnInitializationProbe>(profile, ServiceAddress(config), own_ports);
  backend.services =
      std::make_unique<OutsystemsJavaServiceManager>(PosixFileSystem(), std::move(parts));
  return backend;
}

}  // namespace

absl::StatusOr<PlatformBackend> MakeBackend(const AgentConfig& config, const Profile& profile,
                                            const std::string& program, const OwnPorts& own_ports) {
  switch (config.backend) {
    case Backend::kStandin:
      return MakeStandin(profile, program);
    case Backend::kSystemd:
      return MakeSystemd(profile, program);
    case Backend::kOutsystemsJava:
      return MakeOutsystemsJava(config, profile, program, own_ports);
    default:
      return absl::UnimplementedError(
          absl::StrCat("this build of baton-agent does not have the backend that agent.yaml "
                       "names; it has: outsystems-java, standin, systemd"));
  }
}

}  // namespace baton
