#include "agent/host/profile_initialization_probe.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "agent/host/platform_ports.h"
#include "agent/probes/tcp_probe.h"

namespace baton {
namespace {

// A port of this very host answers at once or is stuck. With every port of a profile stuck a host
// must still describe itself within the farm file's observe_timeout: stuck services are told of,
// and do not make a host look as if it were gone.
constexpr absl::Duration kPortTimeout = absl::Milliseconds(200);
constexpr uint64_t kLogBytesMax = uint64_t{64} << 20;

}  // namespace

ProfileInitializationProbe::ProfileInitializationProbe(FileSystem& fs, const Profile& profile,
                                                       PlatformConfiguration& configuration,
                                                       std::string address,
                                                       const OwnPorts& own_ports)
    : fs_(fs),
      profile_(profile),
      configuration_(configuration),
      address_(std::move(address)),
      own_ports_(own_ports) {}

InitializationReport ProfileInitializationProbe::Check(plan::v1::Service service) {
  const ServiceSpec* spec = profile_.Find(service);
  if (spec == nullptr) return {plan::v1::INITIALIZATION_UNSPECIFIED, "not in the profile"};
  return spec->initialized_by == InitializedBy::kLog ? CheckLog(*spec) : CheckPorts(*spec);
}

ProfileInitializationProbe::PortAnswer ProfileInitializationProbe::Try(uint16_t port) const {
  // Before and behind: the agent may begin or end to listen meanwhile.
  const bool own = own_ports_.Has(port);
  const absl::StatusOr<TcpAnswer> answer = ProbeTcp(address_, port, kPortTimeout);
  if (own || own_ports_.Has(port)) {
    return {false, absl::StrCat("port ", port, " is listened on by the agent, for a try")};
  }
  const bool accepts = answer.ok() && answer->verdict == TcpVerdict::kAccepts;
  return {accepts, absl::StrCat("port ", port, " ",
                                accepts       ? "accepts"
                                : answer.ok() ? answer->words
                                              : std::string(answer.status().message()))};
}

InitializationReport ProfileInitializationProbe::CheckPorts(const ServiceSpec& service) {
  const std::optional<ConfigurationDocument> document = configuration_.Parse();
  size_t accepting = 0;
  std::vector<std::string> words;
  const std::vector<uint16_t> ports =
      ResolvePorts(service, document.has_value() ? &*document : nullptr);
  for (const uint16_t port : ports) {
    PortAnswer answer = Try(port);
    accepting += answer.accepts ? 1 : 0;
    words.push_back(std::move(answer.words));
  }
  const bool enough = service.initialized_by == InitializedBy::kAnyPort
                          ? accepting > 0
                          : accepting == ports.size() && !ports.empty();
  return {enough ? plan::v1::INITIALIZED : plan::v1::NOT_INITIALIZED, absl::StrJoin(words, ", ")};
}

void ProfileInitializationProbe::NoteStart(plan::v1::Service service) {
  const ServiceSpec* spec = profile_.Find(service);
  if (spec == nullptr || spec->initialized_by != InitializedBy::kLog) return;
  const absl::StatusOr<FileInfo> info = fs_.Describe(spec->log_path);
  MutexLock lock(mutex_);
  log_marks_[service] = info.ok() ? info->size_bytes : 0;
}

InitializationReport ProfileInitializationProbe::CheckLog(const ServiceSpec& service) {
  uint64_t mark = 0;
  {
    MutexLock lock(mutex_);
    const auto found = log_marks_.find(service.service);
    if (found == log_marks_.end()) {
      return {plan::v1::INITIALIZATION_UNSPECIFIED,
              absl::StrCat("it was not started by this agent, so no line of ", service.log_path,
                           " can be told to be new")};
    }
    mark = found->second;
  }
  const absl::StatusOr<std::string> log = fs_.ReadFile(service.log_path, kLogBytesMax);
  if (!log.ok()) {
    return {plan::v1::INITIALIZATION_UNSPECIFIED, std::string(log.status().message())};
  }
  // A log that became shorter was begun anew.
  const absl::string_view fresh = absl::string_view(*log).substr(mark <= log->size() ? mark : 0);
  const bool found = absl::StrContains(fresh, service.log_pattern);
  return {found ? plan::v1::INITIALIZED : plan::v1::NOT_INITIALIZED,
          absl::StrCat(service.log_path, found ? " says \"" : " does not say \"",
                       service.log_pattern, "\"")};
}

}  // namespace baton
