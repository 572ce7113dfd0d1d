// What a machine's tools do, and how its agent describes it.

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/hash/sha256.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/machine.h"

namespace baton::simulation {
namespace {

using google::protobuf::util::TimeUtil;

using KnownParameter = std::pair<const char*, plan::v1::ToolParameter::Kind>;

constexpr uint64_t kFreeBytes = uint64_t{10} << 30;
constexpr absl::Duration kCertificateLeft = absl::Hours(24 * 365);

void AddService(plan::v1::Service service, uint32_t port, plan::v1::Profile& profile) {
  plan::v1::ServiceProfile* added = profile.add_services();
  added->set_service(service);
  added->add_ports(port);
  added->mutable_start_timeout()->set_seconds(90);
  added->mutable_stop_timeout()->set_seconds(30);
  added->set_restarts_with_platform(true);
  added->set_farm_exclusive(service == plan::v1::CONTROLLER);
}

void AddTool(plan::v1::Tool tool, absl::Duration timeout, bool repeatable,
             const std::vector<KnownParameter>& parameters, plan::v1::Profile& profile) {
  plan::v1::ToolProfile* added = profile.add_tools();
  added->set_tool(tool);
  added->mutable_timeout()->set_seconds(absl::ToInt64Seconds(timeout));
  added->set_repeatable(repeatable);
  added->set_farm_exclusive(true);
  for (const auto& [name, kind] : parameters) {
    plan::v1::ToolParameter* parameter = added->add_parameters();
    parameter->set_name(name);
    parameter->set_kind(kind);
  }
}

plan::v1::Profile MakeProfile() {
  plan::v1::Profile profile;
  profile.set_name("simulated");
  profile.set_digest(Sha256("simulated"));
  AddService(plan::v1::CONTROLLER, 12000, profile);
  AddService(plan::v1::DEPLOYMENT, 12001, profile);
  AddService(plan::v1::SCHEDULER, 12002, profile);
  AddService(plan::v1::CACHE, 5672, profile);
  profile.mutable_services(profile.services_size() - 1)->set_restarts_with_platform(false);
  const KnownParameter license = {"license_file", plan::v1::ToolParameter::FILE};
  const KnownParameter username = {"username", plan::v1::ToolParameter::TEXT};
  const KnownParameter password = {"password", plan::v1::ToolParameter::SECRET};
  AddTool(plan::v1::APPLY_CONFIGURATION, absl::Minutes(10), true, {}, profile);
  AddTool(plan::v1::INSTALL_SERVICE_CENTER, absl::Minutes(30), false, {}, profile);
  AddTool(plan::v1::CREATE_CACHE_SERVICE, absl::Minutes(10), true, {}, profile);
  AddTool(plan::v1::INSTALL_LICENSE, absl::Minutes(15), true, {license, username, password},
          profile);
  AddTool(plan::v1::REPUBLISH, absl::Hours(2), false, {username, password}, profile);
  profile.set_has_ping(true);
  profile.set_proven("simulated");
  return profile;
}

absl::Duration TimeoutOf(plan::v1::Tool tool) {
  for (const plan::v1::ToolProfile& known : Machine::Profile().tools()) {
    if (known.tool() == tool) return absl::Seconds(known.timeout().seconds());
  }
  return absl::ZeroDuration();
}

void AddSetting(plan::v1::Setting setting, const std::string& value,
                plan::v1::Configuration& configuration) {
  plan::v1::SettingValue* added = configuration.add_settings();
  added->set_setting(setting);
  added->set_value(value);
}

// Settings of a farm with a cache. The password is never read.
void AddCacheSettings(plan::v1::Configuration& configuration) {
  AddSetting(plan::v1::CACHE_PORT, "5672", configuration);
  AddSetting(plan::v1::CACHE_VIRTUAL_HOST, "/outsystems", configuration);
  AddSetting(plan::v1::CACHE_USERNAME, "admin", configuration);
  AddSetting(plan::v1::CACHE_PASSWORD, "", configuration);
  configuration.mutable_settings(configuration.settings_size() - 1)->set_encrypted(true);
}

}  // namespace

const plan::v1::Profile& Machine::Profile() {
  static const auto* const profile = new plan::v1::Profile(MakeProfile());
  return *profile;
}

void Machine::StartTool(const std::string& id, plan::v1::Tool tool) {
  World& world = site_.world;
  if (!tools_.emplace(id, SupervisedTool{tool, {}}).second) return;
  tools_[id].status.state = ToolState::kRunning;
  const bool long_one = tool == plan::v1::INSTALL_SERVICE_CENTER || tool == plan::v1::REPUBLISH;
  absl::Duration takes = long_one ? world.random().Between(absl::Seconds(30), absl::Minutes(5))
                                  : world.random().Between(absl::Seconds(2), absl::Seconds(20));
  if (world.Roll(Fault::kToolSlow, Place("tool"))) takes *= 5;
  if (world.Roll(Fault::kToolHangs, Place("tool"))) takes = 2 * TimeoutOf(tool);
  const bool timed_out = takes > TimeoutOf(tool);
  if (timed_out) takes = TimeoutOf(tool);
  const bool fails = world.Roll(Fault::kToolFails, Place("tool"));
  const bool lies = world.Roll(Fault::kToolLies, Place("tool"));
  if (world.tracing()) world.Trace(name_, "begins ", Word(tool), ", ", id);
  // What it does it does half-way, whoever is still there then; a late one has done half of it.
  world.time().After(takes / 2, [this, id, tool, fails, lies, boots = boots_] {
    if (boots == boots_ && !fails && !lies) TakeEffect(id, tool);
  });
  world.time().After(takes, [this, id, fails, timed_out, boots = boots_] {
    if (boots == boots_) FinishTool(id, !fails && !timed_out, timed_out);
  });
}

void Machine::TakeEffect(const std::string& id, plan::v1::Tool tool) {
  if (tool_effect_) tool_effect_(id, tool);
  if (tool == plan::v1::INSTALL_SERVICE_CENTER) installed_ = true;
  if (tool == plan::v1::CREATE_CACHE_SERVICE) MakeCache();
  if (tool != plan::v1::APPLY_CONFIGURATION) return;
  applied_controller_ = file_.controller_host;
  if (site_.world.random().Chance(0.5)) ++file_.edition;
  Hosted& scheduler = services_[plan::v1::SCHEDULER];
  if (scheduler.startup_type != plan::v1::DISABLED) return;
  if (!site_.world.Roll(Fault::kToolWakesScheduler, Place("tool"))) return;
  scheduler.startup_type = plan::v1::AUTOMATIC;
  if (scheduler.run_state == plan::v1::STOPPED) Start(plan::v1::SCHEDULER, false);
}

void Machine::FinishTool(const std::string& id, bool succeeded, bool timed_out) {
  ToolStatus& status = tools_[id].status;
  status.state = ToolState::kExited;
  status.exit.emplace();
  status.exit->succeeded = succeeded;
  status.exit->timed_out = timed_out;
  status.exit->exit_code = succeeded || timed_out ? 0 : 1;
  status.exit->signal = timed_out ? 15 : 0;
  if (site_.world.tracing()) {
    site_.world.Trace(name_, succeeded ? "has done " : "has not done ", id);
  }
  if (tool_ended_) tool_ended_(id);
}

ToolStatus Machine::Inspect(const std::string& id) const {
  const auto found = tools_.find(id);
  return found == tools_.end() ? ToolStatus{} : found->second.status;
}

plan::v1::Host Machine::Describe() {
  plan::v1::Host host;
  host.set_name(name_);
  host.set_agent_version("simulated");
  *host.mutable_profile() = Profile();
  plan::v1::HostFacts& facts = *host.mutable_facts();
  facts.set_hostname(name_);
  facts.set_boot_id(absl::StrCat(name_, "-", boots_));
  *facts.mutable_clock_time() =
      TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(site_.world.Now()));
  facts.add_addresses(address_);
  facts.set_state_free_bytes(kFreeBytes);
  facts.set_configuration_free_bytes(kFreeBytes);
  *facts.mutable_certificate_expire_time() =
      TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(site_.world.Now() + kCertificateLeft));
  facts.set_privileged(true);
  for (auto& [service, hosted] : services_) {
    plan::v1::ServiceState* state = host.add_services();
    state->set_service(service);
    state->set_run_state(hosted.run_state);
    state->set_startup_type(hosted.startup_type);
    state->set_can_disable(true);
    if (hosted.run_state != plan::v1::RUNNING) continue;
    state->set_initialization(Initialized(service, hosted) ? plan::v1::INITIALIZED
                                                           : plan::v1::NOT_INITIALIZED);
  }
  host.mutable_serial()->set_value(serial_);
  const bool has_cache = !file_.cache_password.empty();
  if (has_cache && services_.find(plan::v1::CACHE) == services_.end()) {
    plan::v1::ServiceState* state = host.add_services();
    state->set_service(plan::v1::CACHE);
    state->set_run_state(plan::v1::ABSENT);
  }
  plan::v1::Configuration& configuration = *host.mutable_configuration();
  configuration.set_digest(file_.Digest());
  configuration.set_platform_version("11.23.1");
  AddSetting(plan::v1::CONTROLLER_HOST, file_.controller_host, configuration);
  AddSetting(plan::v1::CACHE_HOST, file_.cache_host, configuration);
  if (has_cache) AddCacheSettings(configuration);
  return host;
}

plan::v1::ProbeVerdict Machine::Try(const agent::v1::ProbeTarget& target) {
  if (target.has_ping()) {
    return installed_ && ControllerAnswers() ? plan::v1::ACCEPTS : plan::v1::REFUSES;
  }
  const bool logs_in = target.has_amqp();
  return logs_in ? Connect(target.amqp().address(), target.amqp().port(), &target.amqp())
                 : Connect(target.tcp().address(), target.tcp().port(), nullptr);
}

plan::v1::ProbeVerdict Machine::Connect(const std::string& address, uint32_t port,
                                        const agent::v1::AmqpTarget* account) {
  Machine* machine = site_.AtAddress(address);
  if (machine == nullptr || !machine->powered_) return plan::v1::SILENT;
  if (machine != this && (cut_off_ || machine->cut_off_)) return plan::v1::SILENT;
  for (const plan::v1::ServiceProfile& service : Profile().services()) {
    if (service.ports(0) != port) continue;
    Hosted* hosted = machine->Find(service.service());
    const bool known = account == nullptr || account->password() == machine->cache_account_;
    const bool accepts =
        hosted != nullptr && machine->Initialized(service.service(), *hosted) && known;
    return accepts ? plan::v1::ACCEPTS : plan::v1::REFUSES;
  }
  return plan::v1::REFUSES;
}

agent::v1::ProbeReport Machine::Probe(const agent::v1::ProbeRequest& request) {
  agent::v1::ProbeReport report;
  for (const agent::v1::ProbeTarget& target : request.targets()) {
    agent::v1::ProbeResult* result = report.add_results();
    *result->mutable_target() = target;
    result->set_verdict(Try(target));
    result->set_detail(plan::v1::ProbeVerdict_Name(result->verdict()));
  }
  return report;
}

}  // namespace baton::simulation
