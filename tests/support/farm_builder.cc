#include "tests/support/farm_builder.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "coordinator/procedure/planner.h"
#include "gtest/gtest.h"

namespace baton {
namespace {

// Wednesday, 1 May 2024, 12:00:00 UTC.
constexpr int64_t kNowSeconds = 1714564800;
constexpr int64_t kYearSeconds = int64_t{365} * 24 * 3600;
constexpr uint64_t kFreeBytes = uint64_t{10} << 30;

// What an entry that is not there comes to: a mistake of the test.
template <typename List, typename Matches>
auto& Find(List& list, Matches matches) {
  const auto found = std::find_if(list.begin(), list.end(), matches);
  assert(found != list.end() && "the test names something that the farm does not have");
  if (found == list.end()) std::abort();
  return *found;
}

void AddServiceProfile(plan::v1::Service service, uint32_t port, bool restarts,
                       plan::v1::Profile& profile) {
  plan::v1::ServiceProfile* added = profile.add_services();
  added->set_service(service);
  added->add_ports(port);
  added->mutable_start_timeout()->set_seconds(90);
  added->mutable_stop_timeout()->set_seconds(30);
  added->set_restarts_with_platform(restarts);
  added->set_farm_exclusive(service == plan::v1::CONTROLLER);
}

plan::v1::ToolProfile& AddTool(plan::v1::Tool tool, int64_t timeout_seconds, bool repeatable,
                               plan::v1::Profile& profile) {
  plan::v1::ToolProfile* added = profile.add_tools();
  added->set_tool(tool);
  added->mutable_timeout()->set_seconds(timeout_seconds);
  added->set_repeatable(repeatable);
  added->set_farm_exclusive(true);
  return *added;
}

void AddParameter(absl::string_view name, plan::v1::ToolParameter::Kind kind,
                  plan::v1::ToolProfile& tool) {
  plan::v1::ToolParameter* added = tool.add_parameters();
  added->set_name(std::string(name));
  added->set_kind(kind);
}

void AddLogin(plan::v1::ToolProfile& tool) {
  AddParameter("username", plan::v1::ToolParameter::TEXT, tool);
  AddParameter("password", plan::v1::ToolParameter::SECRET, tool);
}

plan::v1::Profile MakeProfile() {
  plan::v1::Profile profile;
  profile.set_name("outsystems11-dotnet");
  profile.set_digest(Sha256("profile"));
  AddServiceProfile(plan::v1::CONTROLLER, 12000, true, profile);
  AddServiceProfile(plan::v1::DEPLOYMENT, 12001, true, profile);
  AddServiceProfile(plan::v1::SCHEDULER, 12002, true, profile);
  AddServiceProfile(plan::v1::CACHE, 5672, false, profile);
  AddTool(plan::v1::APPLY_CONFIGURATION, 600, true, profile);
  AddTool(plan::v1::READ_SERIAL, 300, true, profile);
  plan::v1::ToolProfile& license = AddTool(plan::v1::INSTALL_LICENSE, 900, true, profile);
  AddParameter("license_file", plan::v1::ToolParameter::FILE, license);
  AddLogin(license);
  AddLogin(AddTool(plan::v1::REPUBLISH, 28800, true, profile));
  AddTool(plan::v1::APPLY_SETTINGS, 14400, true, profile);
  AddTool(plan::v1::INSTALL_SERVICE_CENTER, 1800, false, profile);
  profile.set_has_ping(true);
  profile.set_proven("simulated");
  return profile;
}

void AddSetting(plan::v1::Setting setting, absl::string_view value,
                plan::v1::Configuration& configuration) {
  plan::v1::SettingValue* added = configuration.add_settings();
  added->set_setting(setting);
  added->set_value(std::string(value));
}

plan::v1::Configuration MakeConfiguration(absl::string_view host, absl::string_view controller) {
  plan::v1::Configuration configuration;
  configuration.set_digest(Sha256(absl::StrCat("server.hsconf of ", host)));
  AddSetting(plan::v1::CONTROLLER_HOST, controller, configuration);
  AddSetting(plan::v1::CACHE_HOST, controller, configuration);
  for (const char* name : {"PlatformDatabaseConfiguration", "LoggingDatabaseConfiguration"}) {
    plan::v1::SectionDigest* section = configuration.add_sections();
    section->set_section(name);
    section->set_digest(Sha256(name));
  }
  configuration.set_platform_version("11.23.1");
  configuration.set_private_key_digest(Sha256("private.key"));
  return configuration;
}

// What `agent/profile/builtin/outsystems10-java.yaml` comes to.
plan::v1::Profile MakeJavaProfile() {
  plan::v1::Profile profile;
  profile.set_name("outsystems10-java");
  profile.set_digest(Sha256("java profile"));
  AddServiceProfile(plan::v1::CONTROLLER, 12000, true, profile);
  AddServiceProfile(plan::v1::DEPLOYMENT, 12001, true, profile);
  AddServiceProfile(plan::v1::SCHEDULER, 12002, true, profile);
  for (plan::v1::ServiceProfile& service : *profile.mutable_services()) {
    service.mutable_start_timeout()->set_seconds(420);
    service.mutable_stop_timeout()->set_seconds(300);
    service.mutable_startup_type_timeout()->set_seconds(600);
  }
  AddTool(plan::v1::APPLY_CONFIGURATION, 1800, true, profile);
  AddTool(plan::v1::INSTALL_SERVICE_CENTER, 3600, false, profile);
  profile.set_has_ping(true);
  profile.set_proven("simulated");
  return profile;
}

plan::v1::HostFacts MakeFacts(const FarmHost& host) {
  plan::v1::HostFacts facts;
  facts.set_hostname(host.name);
  facts.set_operating_system("Debian GNU/Linux 12");
  facts.set_boot_id(absl::StrCat("boot-of-", host.name));
  facts.mutable_clock_time()->set_seconds(kNowSeconds);
  facts.add_addresses("127.0.0.1");
  facts.add_addresses(host.platform_address);
  facts.set_state_free_bytes(kFreeBytes);
  facts.set_configuration_free_bytes(kFreeBytes);
  facts.mutable_certificate_expire_time()->set_seconds(kNowSeconds + kYearSeconds);
  facts.set_privileged(true);
  return facts;
}

plan::v1::Host MakeHost(const FarmHost& host, const FarmHost& controller) {
  const bool has_role = host.name == controller.name;
  plan::v1::Host state;
  state.set_name(host.name);
  state.set_farm_id("prod");
  state.set_agent_version("0.1.0");
  *state.mutable_profile() = MakeProfile();
  *state.mutable_facts() = MakeFacts(host);
  *state.add_services() =
      ServiceAs(plan::v1::CONTROLLER, has_role ? plan::v1::RUNNING : plan::v1::STOPPED,
                has_role ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
  for (const plan::v1::Service service : {plan::v1::DEPLOYMENT, plan::v1::SCHEDULER}) {
    *state.add_services() =
        ServiceAs(service, host.front_end ? plan::v1::RUNNING : plan::v1::STOPPED,
                  host.front_end ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
  }
  *state.mutable_configuration() = MakeConfiguration(host.name, controller.platform_address);
  state.mutable_serial()->set_value("AAAA-1111");
  return state;
}

// The stack that has no cache, and whose profile does not say where the serial is.
void MakeJava(plan::v1::Host& host) {
  *host.mutable_profile() = MakeJavaProfile();
  host.clear_serial();
  auto& settings = *host.mutable_configuration()->mutable_settings();
  settings.erase(std::remove_if(settings.begin(), settings.end(),
                                [](const plan::v1::SettingValue& value) {
                                  return value.setting() != plan::v1::CONTROLLER_HOST;
                                }),
                 settings.end());
}

FarmHost MakeEntry(const std::string& name, bool front_end, int number) {
  FarmHost host;
  host.name = name;
  host.front_end = front_end;
  host.agent_address = {absl::StrCat(name, ".corp.example"), 7601};
  host.platform_address = absl::StrCat("10.0.0.", 10 + number);
  return host;
}

void AddSecret(absl::string_view name, absl::string_view path, absl::string_view error,
               Farm& farm) {
  farm.file.secrets[std::string(name)] = {SecretReference::Kind::kFile, std::string(path)};
  plan::v1::SecretCheck* check = farm.observation.add_secrets();
  check->set_name(std::string(name));
  check->set_reference(absl::StrCat("file:", path));
  check->set_error(std::string(error));
}

// Gives every host the service and settings of a cache, which runs on `cache`.
void AddCache(const FarmHost& cache, Farm& farm) {
  for (const FarmHost& entry : farm.file.hosts) {
    plan::v1::Host& host = farm.Host(entry.name);
    const bool has_it = entry.name == cache.name;
    *host.add_services() =
        ServiceAs(plan::v1::CACHE, has_it ? plan::v1::RUNNING : plan::v1::STOPPED,
                  has_it ? plan::v1::AUTOMATIC : plan::v1::DISABLED);
    AddTool(plan::v1::CREATE_CACHE_SERVICE, 900, true, *host.mutable_profile());
    plan::v1::Configuration& configuration = *host.mutable_configuration();
    farm.Setting(entry.name, plan::v1::CACHE_HOST).set_value(cache.platform_address);
    AddSetting(plan::v1::CACHE_PORT, "5672", configuration);
    AddSetting(plan::v1::CACHE_VIRTUAL_HOST, "/outsystems", configuration);
    AddSetting(plan::v1::CACHE_USERNAME, "admin", configuration);
    AddSetting(plan::v1::CACHE_PASSWORD, "", configuration);
    farm.Setting(entry.name, plan::v1::CACHE_PASSWORD).set_encrypted(true);
    AddSetting(plan::v1::CACHE_TLS, "False", configuration);
    AddSetting(plan::v1::CACHE_TLS_NAME, "", configuration);
  }
}

}  // namespace

plan::v1::ServiceState ServiceAs(plan::v1::Service service, plan::v1::RunState run_state,
                                 plan::v1::StartupType startup_type) {
  plan::v1::ServiceState state;
  state.set_service(service);
  state.set_run_state(run_state);
  state.set_startup_type(startup_type);
  if (run_state == plan::v1::RUNNING) state.set_initialization(plan::v1::INITIALIZED);
  state.set_can_disable(true);
  return state;
}

FarmHost& Farm::Entry(absl::string_view host) {
  return Find(file.hosts, [host](const FarmHost& entry) { return entry.name == host; });
}

plan::v1::HostObservation& Farm::Observed(absl::string_view host) {
  return Find(*observation.mutable_hosts(),
              [host](const plan::v1::HostObservation& seen) { return seen.host() == host; });
}

plan::v1::Host& Farm::Host(absl::string_view host) { return *Observed(host).mutable_state(); }

plan::v1::ServiceState& Farm::Service(absl::string_view host, plan::v1::Service service) {
  return Find(*Host(host).mutable_services(), [service](const plan::v1::ServiceState& state) {
    return state.service() == service;
  });
}

plan::v1::SettingValue& Farm::Setting(absl::string_view host, plan::v1::Setting setting) {
  return Find(
      *Host(host).mutable_configuration()->mutable_settings(),
      [setting](const plan::v1::SettingValue& value) { return value.setting() == setting; });
}

plan::v1::ServiceProfile& Farm::Profile(absl::string_view host, plan::v1::Service service) {
  return Find(
      *Host(host).mutable_profile()->mutable_services(),
      [service](const plan::v1::ServiceProfile& known) { return known.service() == service; });
}

plan::v1::ToolProfile& Farm::Tool(absl::string_view host, plan::v1::Tool tool) {
  return Find(*Host(host).mutable_profile()->mutable_tools(),
              [tool](const plan::v1::ToolProfile& known) { return known.tool() == tool; });
}

void Farm::Silence(absl::string_view host) {
  Observed(host).clear_state();
  Observed(host).set_error("no answer within 2s");
}

void Farm::StandBy(absl::string_view host) {
  Service(host, plan::v1::SCHEDULER) =
      ServiceAs(plan::v1::SCHEDULER, plan::v1::STOPPED, plan::v1::DISABLED);
}

void Farm::NameCachePassword(absl::string_view error) {
  AddSecret(kCachePassword, "/etc/baton/secrets/cache", error, *this);
}

void Farm::GiveSerial(absl::string_view host, absl::string_view serial, absl::string_view error) {
  plan::v1::Serial& found = *Host(host).mutable_serial();
  found.set_value(std::string(serial));
  found.set_error(std::string(error));
}

void Farm::StageLicense(absl::string_view serial, absl::string_view error) {
  const std::string path = absl::StrCat("/etc/baton/licenses/", serial, ".lic");
  file.licenses.push_back({std::string(serial), path});
  plan::v1::StagedLicense* staged = observation.add_licenses();
  staged->set_serial(std::string(serial));
  staged->set_path(path);
  if (error.empty()) staged->set_digest(Sha256(absl::StrCat("license for ", serial)));
  staged->set_error(std::string(error));
}

void Farm::ForgetLogin() {
  file.service_center.reset();
  file.secrets.erase(kServiceCenterPassword);
  auto& secrets = *observation.mutable_secrets();
  secrets.erase(std::remove_if(secrets.begin(), secrets.end(),
                               [](const plan::v1::SecretCheck& secret) {
                                 return secret.name() == kServiceCenterPassword;
                               }),
                secrets.end());
}

void Farm::RemoveTool(absl::string_view host, plan::v1::Tool tool) {
  auto& tools = *Host(host).mutable_profile()->mutable_tools();
  tools.erase(
      std::remove_if(tools.begin(), tools.end(),
                     [tool](const plan::v1::ToolProfile& known) { return known.tool() == tool; }),
      tools.end());
}

plan::v1::Plan Farm::SwapPlan() const {
  plan::v1::ProcedureRequest request;
  request.set_procedure(plan::v1::ACTIVATE_PASSIVE);
  return PlanFor(request);
}

plan::v1::Plan Farm::MovePlan(absl::string_view to, uint32_t max_parallel,
                              plan::v1::Procedure procedure,
                              plan::v1::RepublishPolicy republish) const {
  plan::v1::ProcedureRequest request;
  request.set_procedure(procedure);
  request.set_to(std::string(to));
  request.set_max_parallel(max_parallel);
  request.set_republish(republish);
  return PlanFor(request);
}

plan::v1::Plan Farm::PlanFor(const plan::v1::ProcedureRequest& request) const {
  absl::StatusOr<plan::v1::Plan> plan = MakePlan(file, observation, request);
  EXPECT_TRUE(plan.ok() && plan->stages_size() > 0) << plan.status();
  if (!plan.ok()) return {};
  plan->set_plan_id("plan-1");
  plan->set_actor("operator:alice");
  return *std::move(plan);
}

Farm MakeFarm(const FarmShape& shape) {
  Farm farm;
  farm.file.farm_id = "prod";
  if (shape.standalone_controller) farm.file.hosts.push_back(MakeEntry("dc1", false, 0));
  for (int i = 1; i <= shape.hosts; ++i) {
    farm.file.hosts.push_back(MakeEntry(absl::StrCat("fe", i), true, i));
  }
  if (!shape.cache.empty() && farm.file.Find(shape.cache) == nullptr) {
    farm.file.hosts.push_back(MakeEntry(shape.cache, false, shape.hosts + 1));
  }
  farm.file.bytes = absl::StrCat("# a farm of ", farm.file.hosts.size(), " hosts\n");
  farm.file.digest = Sha256(farm.file.bytes);
  farm.observation.mutable_time()->set_seconds(kNowSeconds);
  farm.observation.add_coordinator_addresses("10.0.9.9");
  const FarmHost& controller =
      shape.controller.empty() ? farm.file.hosts.front() : farm.Entry(shape.controller);
  for (const FarmHost& host : farm.file.hosts) {
    plan::v1::HostObservation* observed = farm.observation.add_hosts();
    observed->set_host(host.name);
    *observed->mutable_state() = MakeHost(host, controller);
    if (shape.java) MakeJava(*observed->mutable_state());
    observed->mutable_round_trip()->set_nanos(1000000);
  }
  farm.file.service_center = ServiceCenterLogin{"admin"};
  AddSecret(kServiceCenterPassword, "/etc/baton/secrets/service-center", "", farm);
  if (!shape.cache.empty()) AddCache(farm.Entry(shape.cache), farm);
  return farm;
}

}  // namespace baton
