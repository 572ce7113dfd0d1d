#include "tests/bench/agent_farm.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "agent/agent.h"
#include "common/config/daemon_config.h"
#include "common/pki/identity.h"
#include "common/pki/pki_store.h"
#include "common/status/status.h"
#include "tests/bench/measure.h"

namespace baton::bench {
namespace {

constexpr char kFarm[] = "bench";
constexpr char kCoordinatorName[] = "main";
constexpr int kHostsPerNetwork = 250;

std::string MakeFolder() {
  const std::filesystem::path in_memory = "/dev/shm";
  const std::filesystem::path parent =
      std::filesystem::is_directory(in_memory) ? in_memory : std::filesystem::temp_directory_path();
  std::string name = (parent / "baton-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) Require(PosixError(absl::StrCat("make ", name), errno));
  return name;
}

// The address of a host, in networks that follow from the process: two farms do not meet.
std::string AddressOf(int number) {
  return absl::StrCat("127.", 1 + getpid() % kHostsPerNetwork, ".", 100 + number / kHostsPerNetwork,
                      ".", 1 + number % kHostsPerNetwork);
}

// A socket that takes connections into its queue, where they stay.
FileDescriptor ListenSilently(const HostPort& address) {
  FileDescriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(address.port);
  inet_pton(AF_INET, address.host.c_str(), &where.sin_addr);
  if (bind(listener.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      listen(listener.get(), SOMAXCONN) != 0) {
    Require(PosixError(absl::StrCat("listen on ", address.ToString()), errno));
  }
  return listener;
}

// What every host of the farm has in its platform's folder.
void WritePlatform(const std::string& folder) {
  FileSystem& fs = PosixFileSystem();
  Require(fs.CreateFolders(folder, 0700));
  const std::string configuration = Require(fs.ReadFile(BENCH_HSCONF, uint64_t{1} << 20));
  Require(fs.CreateFile(absl::StrCat(folder, "/server.hsconf"), configuration, 0600));
  Require(fs.CreateFile(absl::StrCat(folder, "/private.key"), "not a key", 0600));
}

std::unique_ptr<Daemon> StartOne(const FarmHost& host, const std::string& folder) {
  AgentConfig config;
  config.farm_id = kFarm;
  config.name = host.name;
  config.backend = Backend::kStandin;
  config.profile = "standin";
  config.variables = {{"state", absl::StrCat(folder, "/platform")}};
  config.daemon.listen = host.agent_address;
  config.daemon.state_dir = absl::StrCat(folder, "/agents/", host.name);
  config.daemon.identity = absl::StrCat(folder, "/pki/issued/", host.name);
  return Require(StartAgent(config, "/nonexistent/baton-agent", PosixFileSystem()));
}

}  // namespace

AgentFarm::AgentFarm(int hosts, int silent) : folder_(MakeFolder()) {
  WritePlatform(absl::StrCat(folder_, "/platform"));
  PkiStore pki(PosixFileSystem(), SystemClock(), absl::StrCat(folder_, "/pki"));
  Require(pki.Init(kFarm));
  Require(pki.Issue(Role::kCoordinator, kCoordinatorName, {}));
  file_.farm_id = kFarm;
  for (int i = 0; i < hosts; ++i) {
    FarmHost host;
    host.name = absl::StrCat("fe", i + 1);
    host.platform_address = AddressOf(i);
    host.agent_address = {AddressOf(i), kAgentPort};
    if ((i + 1) * silent / hosts > i * silent / hosts) {
      listeners_.push_back(ListenSilently(host.agent_address));
    } else {
      Require(pki.Issue(Role::kAgent, host.name, {}));
      agents_.push_back(StartOne(host, folder_));
    }
    file_.hosts.push_back(std::move(host));
  }
  credentials_ = std::make_unique<GrpcCredentials>(
      PosixFileSystem(), SystemClock(),
      Require(LoadIdentity(PosixFileSystem(), pki.IdentityFolder(kCoordinatorName), {},
                           SystemClock().Now())));
}

AgentFarm::~AgentFarm() {
  for (const std::unique_ptr<Daemon>& agent : agents_) agent->Stop();
  agents_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace baton::bench
