#include "coordinator/ctl/rehearse/lab.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/pki/pki_store.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "coordinator/ctl/rehearse/outside_calls.h"

namespace baton::rehearse {
namespace {

constexpr char kStandin[] = "platform-standin";
constexpr char kAgent[] = "baton-agent";
constexpr char kCoordinator[] = "baton-coordinator";
constexpr uint32_t kFolderMode = 0700;
constexpr uint32_t kFileMode = 0600;

// A port of each service that a host of the lab starts with, open once it is initialised.
constexpr uint16_t kControllerPort = 12000;
constexpr uint16_t kDeploymentPort = 12001;
constexpr uint16_t kSchedulerPort = 12002;

// How long a killed process may take to go.
constexpr absl::Duration kKillTimeout = absl::Seconds(10);

// What asks the Configuration Tool for a tool; empty for those that need more than that.
absl::string_view FlagOf(plan::v1::Tool tool) {
  switch (tool) {
    case plan::v1::APPLY_CONFIGURATION:
      return "/UpgradeInstall";
    case plan::v1::INSTALL_SERVICE_CENTER:
      return "/InstallServiceCenter";
    case plan::v1::CREATE_CACHE_SERVICE:
      return "/CreateUpgradeCacheInvalidationService";
    case plan::v1::APPLY_SETTINGS:
      return "/ApplySettingsFactory";
    default:
      return "";
  }
}

std::string FaultPath(const LabHost& host, const std::string& name) {
  return absl::StrCat(host.state, "/faults/", name);
}

absl::StatusOr<std::string> MakeFolder() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (error) return PosixError("find the folder for temporary files", error.value());
  std::string name = (parent / "baton-rehearsal-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return PosixError(absl::StrCat("make ", name), errno);
  return name;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Lab>> Lab::Make(FileSystem& fs, Clock& clock,
                                               const std::string& programs, uint32_t hosts,
                                               uint32_t passive, LabStack stack) {
  for (const char* program : {kStandin, kAgent, kCoordinator}) {
    const std::string path = absl::StrCat(programs, "/", program);
    if (access(path.c_str(), X_OK) != 0) {
      return PosixError(absl::StrCat("a rehearsal needs ", path), errno);
    }
  }
  ASSIGN_OR_RETURN(std::string folder, MakeFolder());
  return std::unique_ptr<Lab>(
      new Lab(fs, clock, LabLayout(std::move(folder), programs, hosts, getpid(), passive, stack)));
}

Lab::Lab(FileSystem& fs, Clock& clock, LabLayout layout)
    : fs_(fs), clock_(clock), layout_(std::move(layout)), processes_(layout_.logs()) {}

Lab::~Lab() {
  Stop().IgnoreError();
  std::error_code ignored;
  if (!keep_) std::filesystem::remove_all(layout_.folder(), ignored);
}

absl::Status Lab::Start(const WaitLimit& limit) {
  RETURN_IF_ERROR(fs_.CreateFolders(layout_.logs(), kFolderMode));
  RETURN_IF_ERROR(IssueIdentities());
  RETURN_IF_ERROR(WriteConfigurations());
  RETURN_IF_ERROR(StartPlatform(limit));
  return StartBaton(limit);
}

void Lab::PrepareFor(const std::vector<StepFault>& faults) {
  for (const StepFault& fault : faults) {
    if (fault.kind == StepFault::Kind::kCut) layout_.PutRelayBefore(fault.host);
    if (fault.kind == StepFault::Kind::kHang || fault.kind == StepFault::Kind::kLie) {
      layout_.Hurry();
    }
  }
}

absl::Status Lab::OpenRelays() {
  for (const LabHost& host : layout_.hosts()) {
    if (!host.relayed) continue;
    ASSIGN_OR_RETURN(relays_[host.name], Relay::Open(host.address, kLabRelayPort, kLabAgentPort));
  }
  return absl::OkStatus();
}

absl::Status Lab::Inject(const LabFault& fault) {
  const LabHost* host = layout_.Find(fault.host);
  if (host == nullptr) {
    return absl::NotFoundError(absl::StrCat("the lab has no host ", fault.host));
  }
  RETURN_IF_ERROR(fs_.CreateFolders(host->state + "/faults", kFolderMode));
  return WriteFileAtomically(fs_, FaultPath(*host, fault.name), fault.words + "\n", kFileMode);
}

absl::Status Lab::Remove(const LabFault& fault) {
  const LabHost* host = layout_.Find(fault.host);
  if (host == nullptr) {
    return absl::NotFoundError(absl::StrCat("the lab has no host ", fault.host));
  }
  const absl::Status removed = fs_.Remove(FaultPath(*host, fault.name));
  return absl::IsNotFound(removed) ? absl::OkStatus() : removed;
}

absl::Status Lab::KillAgent(const LabHost& host, const WaitLimit& limit) {
  const std::string name = "agent-" + host.name;
  RETURN_IF_ERROR(processes_.Signal(name, SIGKILL));
  RETURN_IF_ERROR(processes_.Await(name, kKillTimeout).status());
  return StartAgent(host, limit);
}

absl::Status Lab::CutOff(const LabHost& host, absl::Duration length) {
  const auto relay = relays_.find(host.name);
  if (relay == relays_.end()) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no relay in front of the agent on ", host.name));
  }
  relay->second->CutFor(length);
  return absl::OkStatus();
}

absl::Status Lab::RunToolByHand(const LabHost& host, plan::v1::Tool tool, const WaitLimit& limit) {
  const std::string flag(FlagOf(tool));
  if (flag.empty()) {
    return absl::UnimplementedError(absl::StrCat(Word(tool), " needs more than its name"));
  }
  std::vector<std::string> argv = {layout_.Program(kStandin), "configuration-tool", "--state",
                                   host.state};
  if (layout_.stack() == LabStack::kJava) {
    argv[1] = "java-configuration-tool";
    argv.emplace_back("/silent");
  }
  argv.push_back(flag);
  const std::string knobs = host.state + "/knobs";
  const std::string restarts = knobs + "/apply_restarts";
  RETURN_IF_ERROR(fs_.CreateFolders(knobs, kFolderMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, restarts, "true\n", kFileMode));
  RETURN_IF_ERROR(processes_.Run(absl::StrCat("by-hand-", host.name), argv, limit));
  return fs_.Remove(restarts);
}

absl::Status Lab::IssueIdentities() {
  PkiStore store(fs_, clock_, layout_.authority());
  RETURN_IF_ERROR(store.Init(layout_.farm_id()));
  RETURN_IF_ERROR(
      store.Issue(Role::kCoordinator, kLabCoordinatorName, {layout_.coordinator_address()})
          .status());
  RETURN_IF_ERROR(store.Issue(Role::kOperator, kLabOperatorName, {}).status());
  for (const LabHost& host : layout_.hosts()) {
    RETURN_IF_ERROR(store.Issue(Role::kAgent, host.name, {host.address}).status());
  }
  return absl::OkStatus();
}

absl::Status Lab::WriteConfigurations() {
  const std::string folder = layout_.coordinator_folder();
  RETURN_IF_ERROR(fs_.CreateFolders(folder, kFolderMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, folder + "/farm.yaml", layout_.FarmFile(), kFileMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, layout_.cache_password_file(),
                                      absl::StrCat(kLabCachePassword, "\n"), kFileMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, folder + "/coordinator.yaml",
                                      layout_.CoordinatorConfig(), kFileMode));
  RETURN_IF_ERROR(WriteServiceCenter());
  for (const LabHost& host : layout_.hosts()) {
    RETURN_IF_ERROR(fs_.CreateFolders(host.agent, kFolderMode));
    RETURN_IF_ERROR(
        WriteFileAtomically(fs_, host.agent + "/agent.yaml", layout_.AgentConfig(host), kFileMode));
    const std::string profile = layout_.Profile();
    if (profile.empty()) continue;
    RETURN_IF_ERROR(WriteFileAtomically(fs_, host.agent + "/profile.yaml", profile, kFileMode));
  }
  return absl::OkStatus();
}

absl::Status Lab::WriteServiceCenter() {
  RETURN_IF_ERROR(fs_.CreateFolders(layout_.database_state(), kFolderMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, layout_.service_center_login_file(),
                                      layout_.ServiceCenterLogin(), kFileMode));
  RETURN_IF_ERROR(WriteFileAtomically(fs_, layout_.service_center_password_file(),
                                      absl::StrCat(kLabServiceCenterPassword, "\n"), kFileMode));
  RETURN_IF_ERROR(fs_.CreateFolders(ParentFolder(layout_.hosts().front().license), kFolderMode));
  for (const LabHost& host : layout_.hosts()) {
    RETURN_IF_ERROR(WriteFileAtomically(fs_, host.license, layout_.License(host), kFileMode));
  }
  return absl::OkStatus();
}

absl::Status Lab::StartPlatform(const WaitLimit& limit) {
  const std::string program = layout_.Program(kStandin);
  const std::string database = layout_.database_address();
  RETURN_IF_ERROR(
      processes_.Start("database", {program, "database", "--state", layout_.database_state(),
                                    "--listen", absl::StrCat(database, ":", kLabDatabasePort)}));
  RETURN_IF_ERROR(processes_.WaitUntilReady(
      "database", [&database] { return Accepts(database, kLabDatabasePort); }, limit));
  for (const LabHost& host : layout_.hosts()) {
    RETURN_IF_ERROR(InitHost(host, limit));
    RETURN_IF_ERROR(
        processes_.Start("host-" + host.name, {program, "host", "--state", host.state}));
  }
  for (const LabHost& host : layout_.hosts()) {
    const bool has_controller = &host == &layout_.hosts().front();
    const auto initialized = [&host, has_controller] {
      return Accepts(host.address, kDeploymentPort) &&
             (host.passive || Accepts(host.address, kSchedulerPort)) &&
             Accepts(host.address, kLabWebPort) &&
             (!has_controller || Accepts(host.address, kControllerPort));
    };
    RETURN_IF_ERROR(processes_.WaitUntilReady("host-" + host.name, initialized, limit));
  }
  return absl::OkStatus();
}

absl::Status Lab::InitHost(const LabHost& host, const WaitLimit& limit) {
  const LabHost& first = layout_.hosts().front();
  std::vector<std::string> argv = {layout_.Program(kStandin),
                                   "init",
                                   "--state",
                                   host.state,
                                   "--name",
                                   host.name,
                                   "--address",
                                   host.address,
                                   "--serial",
                                   host.serial,
                                   "--controller",
                                   first.address,
                                   "--database",
                                   absl::StrCat(layout_.database_address(), ":", kLabDatabasePort)};
  const bool java = layout_.stack() == LabStack::kJava;
  if (java) argv.insert(argv.end(), {"--stack", "java"});
  if (&host == &first) argv.insert(argv.end(), {"--role", "controller"});
  if (&host == &first && !java) argv.emplace_back("--cache");
  if (host.passive) argv.emplace_back("--passive");
  return processes_.Run("init-" + host.name, argv, limit);
}

absl::Status Lab::StartBaton(const WaitLimit& limit) {
  RETURN_IF_ERROR(OpenRelays());
  for (const LabHost& host : layout_.hosts()) RETURN_IF_ERROR(LaunchAgent(host));
  for (const LabHost& host : layout_.hosts()) RETURN_IF_ERROR(AwaitAgent(host, limit));
  return StartCoordinator(limit);
}

absl::Status Lab::StartAgent(const LabHost& host, const WaitLimit& limit) {
  RETURN_IF_ERROR(LaunchAgent(host));
  return AwaitAgent(host, limit);
}

absl::Status Lab::StartHost(const LabHost& host, const WaitLimit& limit) {
  RETURN_IF_ERROR(processes_.Start("host-" + host.name,
                                   {layout_.Program(kStandin), "host", "--state", host.state}));
  return processes_.WaitUntilReady(
      "host-" + host.name, [&host] { return Accepts(host.address, kLabWebPort); }, limit);
}

absl::Status Lab::LaunchAgent(const LabHost& host) {
  return processes_.Start("agent-" + host.name,
                          {layout_.Program(kAgent), "--config", host.agent + "/agent.yaml"});
}

absl::Status Lab::AwaitAgent(const LabHost& host, const WaitLimit& limit) {
  return processes_.WaitUntilReady(
      "agent-" + host.name, [&host] { return Accepts(host.address, kLabAgentPort); }, limit);
}

absl::Status Lab::StartCoordinator(const WaitLimit& limit) {
  RETURN_IF_ERROR(
      processes_.Start("coordinator", {layout_.Program(kCoordinator), "--config",
                                       layout_.coordinator_folder() + "/coordinator.yaml"}));
  const std::string address = layout_.coordinator_address();
  return processes_.WaitUntilReady(
      "coordinator", [&address] { return Accepts(address, kLabCoordinatorPort); }, limit);
}

}  // namespace baton::rehearse
