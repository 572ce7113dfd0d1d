#include "agent/host/host_describer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "agent/host/host_facts.h"
#include "agent/host/platform_ports.h"
#include "common/version/version.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::TimeUtil;

google::protobuf::Duration ToProto(absl::Duration duration) {
  return TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(duration));
}

// Whether the mask wants a field; an empty one wants all.
bool Wants(const google::protobuf::FieldMask& mask, absl::string_view field) {
  return mask.paths().empty() ||
         std::find(mask.paths().begin(), mask.paths().end(), field) != mask.paths().end();
}

bool Wants(const agent::v1::GetHostRequest& request, plan::v1::Service service) {
  const auto& services = request.services();
  return services.empty() || std::find(services.begin(), services.end(), service) != services.end();
}

// A profile says what the platform has. What was not installed on this host, as OSPTool where there
// is no Service Studio, is none of its tools.
void RemoveAbsentTools(const Profile& profile, plan::v1::Profile& described) {
  for (const ToolSpec& spec : profile.tools) {
    const std::filesystem::path program(spec.program);
    std::error_code failed;
    const bool absent =
        program.is_absolute() && !std::filesystem::exists(program, failed) && !failed;
    if (!absent) continue;
    auto& tools = *described.mutable_tools();
    tools.erase(std::remove_if(tools.begin(), tools.end(),
                               [&spec](const plan::v1::ToolProfile& tool) {
                                 return tool.tool() == spec.tool;
                               }),
                tools.end());
  }
}

// How people do the same, for checklists.
void AddByHand(const Profile& profile, plan::v1::Profile& result) {
  for (const auto& [setting, place] : profile.configuration.by_hand) {
    plan::v1::SettingProfile& entry = *result.add_settings();
    entry.set_setting(setting);
    entry.set_by_hand(place);
  }
  if (profile.services_by_hand.start.empty()) return;
  plan::v1::ServicesByHand& services = *result.mutable_services_by_hand();
  services.set_start(profile.services_by_hand.start);
  services.set_stop(profile.services_by_hand.stop);
  services.set_startup_type(profile.services_by_hand.startup_type);
}

}  // namespace

plan::v1::Profile AbstractProfile(const Profile& profile, PlatformConfiguration& configuration) {
  const std::optional<ConfigurationDocument> document = configuration.Parse();
  plan::v1::Profile result;
  result.set_name(profile.name);
  result.set_digest(profile.digest);
  result.set_has_ping(profile.service_center_ping.has_value());
  result.set_proven(Word(WeakestProof(profile)));
  for (const ServiceSpec& spec : profile.services) {
    plan::v1::ServiceProfile* service = result.add_services();
    service->set_service(spec.service);
    for (const uint16_t port : ResolvePorts(spec, document.has_value() ? &*document : nullptr)) {
      service->add_ports(port);
    }
    *service->mutable_start_timeout() = ToProto(spec.start_timeout + spec.initialize_timeout);
    *service->mutable_stop_timeout() = ToProto(spec.stop_timeout);
    const absl::Duration startup_type = StartupTypeTimeout(profile, spec);
    if (startup_type > absl::ZeroDuration()) {
      *service->mutable_startup_type_timeout() = ToProto(startup_type);
    }
    service->set_restarts_with_platform(spec.restarts_with_platform);
    service->set_farm_exclusive(spec.farm_exclusive);
    service->set_display_name(spec.display_name);
  }
  for (const ToolSpec& spec : profile.tools) {
    plan::v1::ToolProfile* tool = result.add_tools();
    tool->set_tool(spec.tool);
    *tool->mutable_timeout() = ToProto(spec.timeout);
    tool->set_repeatable(spec.repeatable);
    tool->set_farm_exclusive(spec.farm_exclusive);
    for (const plan::v1::ToolParameter& parameter : spec.parameters) {
      *tool->add_parameters() = parameter;
    }
    if (spec.expected_duration > absl::ZeroDuration()) {
      *tool->mutable_expected_duration() = ToProto(spec.expected_duration);
    }
    for (const std::string& line : spec.by_hand) tool->add_by_hand(line);
  }
  AddByHand(profile, result);
  return result;
}

HostDescriber::HostDescriber(Place place, const Profile& profile,
                             PlatformConfiguration& configuration, ServiceManager& services,
                             InitializationProbe& initialization, SerialReader& serial,
                             Clock& clock)
    : place_(std::move(place)),
      profile_(profile),
      configuration_(configuration),
      services_(services),
      initialization_(initialization),
      serial_(serial),
      clock_(clock) {}

plan::v1::ServiceState HostDescriber::DescribeService(const ServiceSpec& spec) {
  absl::StatusOr<plan::v1::ServiceState> state = services_.Query(spec.service);
  if (!state.ok()) {
    plan::v1::ServiceState unknown;
    unknown.set_service(spec.service);
    unknown.set_detail(std::string(state.status().message()));
    return unknown;
  }
  if (state->run_state() != plan::v1::RUNNING) return *std::move(state);
  InitializationReport report = initialization_.Check(spec.service);
  state->set_initialization(report.initialization);
  if (report.initialization != plan::v1::INITIALIZED) {
    state->set_detail(
        absl::StrCat(state->detail(), state->detail().empty() ? "" : ", ", report.detail));
  }
  return *std::move(state);
}

absl::StatusOr<plan::v1::Host> HostDescriber::Describe(const agent::v1::GetHostRequest& request) {
  const google::protobuf::FieldMask& mask = request.read_mask();
  if (!FieldMaskUtil::IsValidFieldMask<plan::v1::Host>(mask)) {
    return absl::InvalidArgumentError(
        absl::StrCat("read_mask names no field of Host: ", FieldMaskUtil::ToString(mask)));
  }
  plan::v1::Host host;
  host.set_name(place_.name);
  host.set_farm_id(place_.farm_id);
  host.set_agent_version(Version());
  if (Wants(mask, "profile")) {
    *host.mutable_profile() = AbstractProfile(profile_, configuration_);
    RemoveAbsentTools(profile_, *host.mutable_profile());
  }
  if (Wants(mask, "facts")) {
    *host.mutable_facts() = ReadHostFacts(
        place_.state_folder,
        std::filesystem::path(profile_.configuration.path).parent_path().string(), clock_.Now());
    *host.mutable_facts()->mutable_certificate_expire_time() =
        TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(place_.certificate_expires));
  }
  if (Wants(mask, "services")) {
    for (const ServiceSpec& spec : profile_.services) {
      if (Wants(request, spec.service)) *host.add_services() = DescribeService(spec);
    }
  }
  if (Wants(mask, "configuration")) *host.mutable_configuration() = configuration_.Describe();
  if (Wants(mask, "serial")) {
    std::optional<plan::v1::Serial> serial = serial_.Read();
    if (serial.has_value()) *host.mutable_serial() = *std::move(serial);
  }
  return host;
}

}  // namespace baton
