#include "agent/agent.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/dialog/dialog_arguments.h"
#include "agent/host/host_describer.h"
#include "agent/host/platform_configuration.h"
#include "agent/host/profile_initialization_probe.h"
#include "agent/host/serial_reader.h"
#include "agent/platform/backend.h"
#include "agent/probes/own_ports.h"
#include "agent/profile/profile_parser.h"
#include "agent/runtime/agent_runtime.h"
#include "agent/runtime/change_executor.h"
#include "agent/service/agent_service.h"
#include "agent/service/listen_runner.h"
#include "agent/service/probe_runner.h"
#include "agent/tools/supervised_tool_runner.h"
#include "common/fs/file_system.h"
#include "common/log/log.h"
#include "common/pki/identity.h"
#include "common/rpc/grpc_credentials.h"
#include "common/rpc/grpc_server.h"
#include "common/status/status_macros.h"
#include "common/time/clock.h"
#include "common/version/version.h"

namespace baton {
namespace {

// Calls that run when the daemon is told to stop get this long.
constexpr absl::Duration kShutdownGrace = absl::Seconds(1);

// Tools that ask on a terminal run in a program of ours that answers them.
void HoldDialogs(const std::string& program, Profile& profile) {
  for (ToolSpec& tool : profile.tools) {
    if (tool.dialog.has_value()) {
      tool.command = DialogCommand(program, {*tool.dialog, tool.timeout, tool.command});
    }
  }
}

// What is loaded before anything starts.
struct Loaded {
  std::unique_ptr<OwnPorts> own_ports;
  Profile profile;
  Identity identity;
  PlatformBackend backend;
};

// Everything that runs, in the order in which it depends on what came before.
class RunningAgent : public Daemon {
 public:
  RunningAgent(const AgentConfig& config, FileSystem& fs, Loaded loaded)
      : own_ports_(std::move(loaded.own_ports)),
        profile_(std::move(loaded.profile)),
        backend_(std::move(loaded.backend)),
        configuration_(fs, profile_),
        initialization_(fs, profile_, configuration_, ServiceAddress(config), *own_ports_),
        tools_(absl::StrCat(config.daemon.state_dir, "/tools"), *backend_.launcher),
        executor_({profile_, *backend_.services, initialization_, configuration_, tools_,
                   SystemClock(), sleeper_}),
        runtime_({config.farm_id, config.name, AbstractProfile(profile_, configuration_)}, fs,
                 absl::StrCat(config.daemon.state_dir, "/operations.log"), executor_, sleeper_,
                 SystemClock()),
        readings_(absl::StrCat(config.daemon.state_dir, "/readings"), *backend_.launcher),
        serial_(
            fs, profile_, configuration_, readings_, [this] { return runtime_.busy(); },
            SystemClock()),
        describer_({config.farm_id, config.name, config.daemon.state_dir,
                    loaded.identity.certificate.not_after},
                   profile_, configuration_, *backend_.services, initialization_, serial_,
                   SystemClock()),
        probes_(profile_, configuration_, ServiceAddress(config)),
        listener_(profile_, configuration_, *backend_.services,
                  {PlatformListenAddress(config), ServiceAddress(config)}, *own_ports_,
                  [this] { return runtime_.busy(); }),
        credentials_(fs, SystemClock(), loaded.identity),
        service_({runtime_, describer_, probes_, listener_, serial_, tools_}) {}

  absl::Status Start(const AgentConfig& config) {
    // Its first answers shall already have the serial.
    serial_.AwaitFirst(FirstSerialTimeout(profile_));
    const GrpcServerOptions options{config.daemon.listen, "", AgentPolicy()};
    ASSIGN_OR_RETURN(server_, GrpcServer::Start(options, credentials_, {&service_}));
    LogInfo(absl::StrCat("baton-agent ", Version(), " of ", config.name, ", farm ", config.farm_id,
                         ", profile ", profile_.name, ", listens on ",
                         config.daemon.listen.ToString()));
    return absl::OkStatus();
  }

  void Stop() override {
    if (server_ != nullptr) server_->Shutdown(kShutdownGrace);
  }

 private:
  const std::unique_ptr<OwnPorts> own_ports_;
  const Profile profile_;
  const PlatformBackend backend_;
  PlatformConfiguration configuration_;
  ProfileInitializationProbe initialization_;
  CancellableSleeper sleeper_;
  SupervisedToolRunner tools_;
  ChangeExecutor executor_;
  AgentRuntime runtime_;
  SupervisedToolRunner readings_;
  SerialReader serial_;
  HostDescriber describer_;
  ProbeRunner probes_;
  ListenRunner listener_;
  GrpcCredentials credentials_;
  AgentService service_;
  std::unique_ptr<GrpcServer> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> StartAgent(const AgentConfig& config,
                                                   const std::string& program, FileSystem& fs) {
  ASSIGN_OR_RETURN(Profile profile, LoadProfile(fs, config.profile, config.variables));
  HoldDialogs(program, profile);
  IdentityExpectation expected;
  expected.farm_id = config.farm_id;
  expected.roles = {Role::kAgent};
  expected.name = config.name;
  ASSIGN_OR_RETURN(Identity identity,
                   LoadIdentity(fs, config.daemon.identity, expected, SystemClock().Now()));
  RETURN_IF_ERROR(fs.CreateFolders(config.daemon.state_dir, 0700));
  auto own_ports = std::make_unique<OwnPorts>();
  ASSIGN_OR_RETURN(PlatformBackend backend, MakeBackend(config, profile, program, *own_ports));
  auto running = std::make_unique<RunningAgent>(
      config, fs,
      Loaded{std::move(own_ports), std::move(profile), std::move(identity), std::move(backend)});
  RETURN_IF_ERROR(running->Start(config));
  return running;
}

}  // namespace baton
