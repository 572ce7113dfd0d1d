#include "agent/service/listen_runner.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "agent/host/platform_ports.h"
#include "agent/probes/tcp_probe.h"
#include "common/status/status_macros.h"
#include "common/words/words.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

constexpr int kPortsMax = 16;
constexpr absl::Duration kDurationDefault = absl::Seconds(10);
constexpr absl::Duration kDurationMax = absl::Minutes(1);
// How soon it is noticed that the caller is gone or the host is to be changed.
constexpr absl::Duration kLookPeriod = absl::Milliseconds(10);
// How long a call waits for the one before it.
constexpr absl::Duration kTurnTimeout = absl::Milliseconds(500);
// A port of this very host answers at once or is stuck.
constexpr absl::Duration kOwnPortTimeout = absl::Milliseconds(200);

absl::Duration DurationOf(const agent::v1::ListenRequest& request) {
  if (!request.has_duration()) return kDurationDefault;
  return absl::Nanoseconds(
      google::protobuf::util::TimeUtil::DurationToNanoseconds(request.duration()));
}

}  // namespace

ListenRunner::Hold::Hold(ListenRunner& runner) : runner_(runner) {
  MutexLock lock(runner_.mutex_);
  ++runner_.holds_;
  while (runner_.listening_) runner_.ended_.Wait(runner_.mutex_);
}

ListenRunner::Hold::~Hold() {
  MutexLock lock(runner_.mutex_);
  --runner_.holds_;
}

ListenRunner::ListenRunner(const Profile& profile, PlatformConfiguration& configuration,
                           ServiceManager& services, Addresses addresses, OwnPorts& own_ports,
                           std::function<bool()> busy)
    : profile_(profile),
      configuration_(configuration),
      services_(services),
      addresses_(std::move(addresses)),
      own_ports_(own_ports),
      busy_(std::move(busy)) {}

absl::StatusOr<std::vector<plan::v1::Service>> ListenRunner::Check(
    const agent::v1::ListenRequest& request) {
  if (request.ports().empty() || request.ports_size() > kPortsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(request.ports_size(), " ports: 1 to ", kPortsMax, " can be listened on"));
  }
  if (DurationOf(request) <= absl::ZeroDuration() || DurationOf(request) > kDurationMax) {
    return absl::InvalidArgumentError("duration must be above 0 s and at most 60 s");
  }
  const std::optional<ConfigurationDocument> document = configuration_.Parse();
  std::set<uint32_t> allowed;
  std::vector<plan::v1::Service> services;
  for (const ServiceSpec& service : profile_.services) {
    bool asked = false;
    for (const uint16_t port : ResolvePorts(service, document.has_value() ? &*document : nullptr)) {
      allowed.insert(port);
      asked = asked || std::find(request.ports().begin(), request.ports().end(), port) !=
                           request.ports().end();
    }
    if (asked) services.push_back(service.service);
  }
  for (const uint32_t port : request.ports()) {
    if (allowed.erase(port) == 1) continue;
    return absl::InvalidArgumentError(absl::StrCat("port ", port, " is of no service of profile ",
                                                   profile_.name, ", or asked for twice"));
  }
  return services;
}

absl::Status ListenRunner::CheckAtRest(const std::vector<plan::v1::Service>& services) {
  for (const plan::v1::Service service : services) {
    const absl::StatusOr<plan::v1::ServiceState> state = services_.Query(service);
    if (!state.ok()) {
      return absl::FailedPreconditionError(absl::StrCat("nobody knows whether the ",
                                                        ServiceTitle(service),
                                                        " is at rest: ", state.status().message()));
    }
    const plan::v1::RunState now = state->run_state();
    if (now == plan::v1::STOPPED || now == plan::v1::FAILED || now == plan::v1::ABSENT) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("the ", ServiceTitle(service), " is ", Word(now), ": its ports are its own"));
  }
  return absl::OkStatus();
}

absl::Status ListenRunner::Begin() {
  MutexLock lock(mutex_);
  // A caller that is gone may not have been noticed yet.
  const absl::Time patience = absl::Now() + kTurnTimeout;
  for (absl::Time now = absl::Now(); listening_ && now < patience; now = absl::Now()) {
    ended_.WaitFor(mutex_, patience - now);
  }
  if (holds_ > 0 || busy_()) {
    return absl::AbortedError("the host is being changed: its ports are left to its services");
  }
  if (listening_) return absl::ResourceExhaustedError("another call listens already");
  listening_ = true;
  return absl::OkStatus();
}

void ListenRunner::End(const agent::v1::ListenRequest& request) {
  for (const uint32_t port : request.ports()) own_ports_.Remove(static_cast<uint16_t>(port));
  MutexLock lock(mutex_);
  listening_ = false;
  ended_.NotifyAll();
}

bool ListenRunner::Held() {
  MutexLock lock(mutex_);
  return holds_ > 0;
}

agent::v1::ListenResult ListenRunner::Open(uint16_t port, PortListener& listener) {
  agent::v1::ListenResult result;
  result.set_port(port);
  own_ports_.Add(port);
  const absl::Status opened = listener.Open(port);
  result.set_listening(opened.ok());
  if (opened.ok()) return result;
  own_ports_.Remove(port);
  result.set_detail(std::string(opened.message()));
  if (!absl::IsAlreadyExists(opened)) return result;
  const absl::StatusOr<TcpAnswer> answer = ProbeTcp(addresses_.service, port, kOwnPortTimeout);
  result.set_taken(true);
  result.set_listening(answer.ok() && answer->verdict == TcpVerdict::kAccepts);
  return result;
}

absl::Status ListenRunner::Listen(const agent::v1::ListenRequest& request,
                                  const std::function<bool(const agent::v1::ListenReport&)>& write,
                                  const std::function<bool()>& gone) {
  ASSIGN_OR_RETURN(const std::vector<plan::v1::Service> services, Check(request));
  RETURN_IF_ERROR(Begin());
  const absl::Cleanup end = [this, &request] { End(request); };
  RETURN_IF_ERROR(CheckAtRest(services));
  PortListener listener(addresses_.listen);  // closes its ports before the cleanup tells of it
  agent::v1::ListenReport report;
  for (const uint32_t port : request.ports()) {
    *report.add_results() = Open(static_cast<uint16_t>(port), listener);
  }
  // A service that came meanwhile may have found its port taken, and others may believe that what
  // they reach is this agent.
  RETURN_IF_ERROR(CheckAtRest(services));
  const absl::Time until = absl::Now() + DurationOf(request);
  if (!write(report)) return absl::CancelledError("the caller is gone");
  absl::Time ask = absl::Now() + kStatePeriod;
  for (absl::Time now = absl::Now(); now < until && !gone(); now = absl::Now()) {
    if (Held()) return absl::AbortedError("the host is to be changed: its ports are free again");
    if (now >= ask) {
      RETURN_IF_ERROR(CheckAtRest(services));
      ask = absl::Now() + kStatePeriod;
    }
    listener.Serve(std::min(kLookPeriod, until - now));
  }
  return absl::OkStatus();
}

}  // namespace baton
