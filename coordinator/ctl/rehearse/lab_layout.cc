#include "coordinator/ctl/rehearse/lab_layout.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace baton::rehearse {
namespace {

constexpr uint32_t kFirstHostAddress = 11;
// Each of the two numbers in the middle of an address; 127.0.x.x is left to the machine.
constexpr int64_t kNetworkNumbers = 250;

// Laid over a profile whose waits end soon, for services and tools that hang.
constexpr char kHurriedProfile[] =
    "services:\n"
    "  - {service: controller, start_timeout: 5s, stop_timeout: 5s, initialize_timeout: 5s}\n"
    "  - {service: deployment, start_timeout: 5s, stop_timeout: 5s, initialize_timeout: 5s}\n"
    "  - {service: scheduler, start_timeout: 5s, stop_timeout: 5s, initialize_timeout: 5s}\n";
constexpr char kHurriedCache[] =
    "  - {service: cache, start_timeout: 5s, stop_timeout: 5s, initialize_timeout: 5s}\n";
constexpr char kHurriedTools[] =
    "tools:\n"
    "  - {tool: apply-configuration, timeout: 8s, expected_duration: 4s}\n"
    "  - {tool: install-service-center, timeout: 8s, expected_duration: 4s}\n";
constexpr char kHurriedCacheTool[] =
    "  - {tool: create-cache-service, timeout: 8s, expected_duration: 4s}\n";

// A path as a YAML scalar.
std::string Quoted(absl::string_view text) { return absl::StrCat("'", text, "'"); }

}  // namespace

LabLayout::LabLayout(std::string folder, std::string programs, uint32_t hosts, int64_t process_id,
                     uint32_t passive, LabStack stack)
    : folder_(std::move(folder)),
      programs_(std::move(programs)),
      process_id_(process_id),
      stack_(stack),
      farm_id_(absl::StrCat("rehearsal-", process_id)) {
  for (uint32_t i = 0; i < hosts; ++i) {
    LabHost host;
    host.name = absl::StrCat("fe", i + 1);
    host.address = Address(kFirstHostAddress + i);
    host.state = absl::StrCat(folder_, "/hosts/", host.name);
    host.agent = absl::StrCat(folder_, "/agents/", host.name);
    host.identity = IdentityOf(host.name);
    host.serial = absl::StrCat("LAB-", process_id, "-", i + 1);
    host.license = absl::StrCat(coordinator_folder(), "/licenses/", host.name, ".lic");
    host.passive = i + passive >= hosts;
    hosts_.push_back(std::move(host));
  }
}

std::string LabLayout::network() const { return absl::StrCat(Address(0), "/24"); }

const LabHost* LabLayout::Find(absl::string_view name) const {
  for (const LabHost& host : hosts_) {
    if (host.name == name) return &host;
  }
  return nullptr;
}

void LabLayout::PutRelayBefore(absl::string_view name) {
  for (LabHost& host : hosts_) host.relayed |= host.name == name;
}

std::string LabLayout::IdentityOf(absl::string_view name) const {
  return absl::StrCat(authority(), "/issued/", name);
}

std::string LabLayout::Program(absl::string_view name) const {
  return absl::StrCat(programs_, "/", name);
}

std::string LabLayout::Address(uint32_t last) const {
  const int64_t third = 1 + process_id_ % kNetworkNumbers;
  const int64_t second = 1 + process_id_ / kNetworkNumbers % kNetworkNumbers;
  return absl::StrCat("127.", second, ".", third, ".", last);
}

std::string LabLayout::FarmFile() const {
  // Each look at a service that is down is a run of the init script.
  const absl::string_view patience = stack_ == LabStack::kJava ? "observe_timeout: 10s\n" : "";
  std::string text = absl::StrCat("farm_id: ", farm_id_, "\n", patience, "hosts:\n");
  const bool groups = hosts_.back().passive;
  for (const LabHost& host : hosts_) {
    absl::StrAppend(&text, "  - name: ", host.name, "\n    agent_address: ", host.address, ":",
                    host.relayed ? kLabRelayPort : kLabAgentPort,
                    "\n    platform_address: ", host.address, "\n");
    if (groups) absl::StrAppend(&text, "    group: ", host.passive ? "passive" : "active", "\n");
  }
  absl::StrAppend(
      &text, "secrets:\n  cache_password: ", Quoted(absl::StrCat("file:", cache_password_file())),
      "\nservice_center:\n  username: ", kLabServiceCenterUser,
      "\n  password: ", Quoted(absl::StrCat("file:", service_center_password_file())),
      "\nlicenses:\n");
  for (const LabHost& host : hosts_) {
    absl::StrAppend(&text, "  - {serial: ", host.serial, ", file: ", Quoted(host.license), "}\n");
  }
  return text;
}

std::string LabLayout::CoordinatorConfig() const {
  const std::string folder = coordinator_folder();
  return absl::StrCat("farm: ", Quoted(absl::StrCat(folder, "/farm.yaml")),
                      "\nlisten: ", coordinator_address(), ":", kLabCoordinatorPort,
                      "\nsocket: ", Quoted(absl::StrCat(folder, "/coordinator.sock")),
                      "\nstate_dir: ", Quoted(absl::StrCat(folder, "/state")),
                      "\nidentity: ", Quoted(IdentityOf(kLabCoordinatorName)), "\n");
}

std::string LabLayout::BackendOf(const LabHost& host) const {
  const std::string profile = Profile().empty() ? "standin" : Quoted(host.agent + "/profile.yaml");
  if (stack_ == LabStack::kDotnet) {
    return absl::StrCat("backend: standin\nprofile: ", profile,
                        "\nvariables:\n  standin: ", Quoted(Program("platform-standin")),
                        "\n  state: ", Quoted(host.state), "\n");
  }
  // The stand-in has commands and files of the names that real hosts have.
  const std::string platform = absl::StrCat(host.state, "/platform");
  return absl::StrCat("backend: outsystems-java\nprofile: ", profile,
                      "\nvariables:\n  platform: ", Quoted(platform),
                      "\n  service: ", Quoted(platform + "/service"),
                      "\n  settings: ", Quoted(host.state), "\n");
}

std::string LabLayout::Profile() const {
  if (stack_ == LabStack::kDotnet) {
    if (!hurried_) return "";
    return absl::StrCat("base: standin\n", kHurriedProfile, kHurriedCache, kHurriedTools,
                        kHurriedCacheTool);
  }
  return absl::StrCat(
      "base: outsystems10-java\n"
      "init_script:\n  configurator:\n    silence_timeout: 10s\n",
      hurried_ ? absl::StrCat(kHurriedProfile, kHurriedTools) : "");
}

std::string LabLayout::AgentConfig(const LabHost& host) const {
  return absl::StrCat("farm_id: ", farm_id_, "\nname: ", host.name, "\nlisten: ", host.address, ":",
                      kLabAgentPort, "\n", BackendOf(host),
                      "state_dir: ", Quoted(absl::StrCat(host.agent, "/state")),
                      "\nidentity: ", Quoted(host.identity), "\n");
}

std::string LabLayout::License(const LabHost& host) const {
  return absl::StrCat("serial=", host.serial, "\n");
}

std::string LabLayout::ServiceCenterLogin() const {
  return absl::StrCat(kLabServiceCenterUser, " ", kLabServiceCenterPassword, "\n");
}

}  // namespace baton::rehearse
