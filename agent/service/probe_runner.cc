#include "agent/service/probe_runner.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "agent/host/platform_ports.h"
#include "agent/probes/amqp_probe.h"
#include "agent/probes/http_probe.h"
#include "agent/probes/tcp_probe.h"
#include "common/status/status_macros.h"
#include "google/protobuf/util/time_util.h"

namespace baton {
namespace {

using agent::v1::ProbeResult;

constexpr int kTargetsMax = 256;
constexpr absl::Duration kTimeoutDefault = absl::Seconds(5);
constexpr absl::Duration kTimeoutMax = absl::Minutes(1);
// Connections that are tried at the same time.
constexpr size_t kProbeThreadsMax = 16;

absl::Duration TimeoutOf(const agent::v1::ProbeRequest& request) {
  if (!request.has_timeout()) return kTimeoutDefault;
  return absl::Nanoseconds(
      google::protobuf::util::TimeUtil::DurationToNanoseconds(request.timeout()));
}

plan::v1::ProbeVerdict VerdictOf(TcpVerdict verdict) {
  switch (verdict) {
    case TcpVerdict::kAccepts:
      return plan::v1::ACCEPTS;
    case TcpVerdict::kRefuses:
      return plan::v1::REFUSES;
    case TcpVerdict::kSilent:
      return plan::v1::SILENT;
  }
  return plan::v1::PROBE_VERDICT_UNSPECIFIED;
}

absl::Status CheckPlace(absl::string_view kind, const std::string& address, uint32_t port) {
  if (!address.empty() && port > 0 && port <= 65535) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(kind, " target ", address, ":", port, " cannot be"));
}

// What was asked for, without what is nobody's to see.
agent::v1::ProbeTarget Shown(const agent::v1::ProbeTarget& target) {
  agent::v1::ProbeTarget shown = target;
  if (shown.has_amqp()) shown.mutable_amqp()->clear_password();
  return shown;
}

}  // namespace

ProbeRunner::ProbeRunner(const Profile& profile, PlatformConfiguration& configuration,
                         std::string address)
    : profile_(profile), configuration_(configuration), address_(std::move(address)) {}

absl::Status ProbeRunner::Check(const agent::v1::ProbeRequest& request) const {
  if (request.targets_size() > kTargetsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(request.targets_size(), " targets are over the limit of ", kTargetsMax));
  }
  if (TimeoutOf(request) <= absl::ZeroDuration() || TimeoutOf(request) > kTimeoutMax) {
    return absl::InvalidArgumentError("timeout must be above 0 s and at most 60 s");
  }
  for (const agent::v1::ProbeTarget& target : request.targets()) {
    RETURN_IF_ERROR(CheckTarget(target));
  }
  return absl::OkStatus();
}

absl::Status ProbeRunner::CheckTarget(const agent::v1::ProbeTarget& target) const {
  switch (target.kind_case()) {
    case agent::v1::ProbeTarget::kTcp:
      return CheckPlace("tcp", target.tcp().address(), target.tcp().port());
    case agent::v1::ProbeTarget::kAmqp:
      return CheckPlace("amqp", target.amqp().address(), target.amqp().port());
    case agent::v1::ProbeTarget::kPing:
      if (profile_.service_center_ping.has_value()) return absl::OkStatus();
      return absl::FailedPreconditionError(
          absl::StrCat("profile ", profile_.name, " has no ping page"));
    default:
      return absl::InvalidArgumentError("a target is none of tcp, ping and amqp");
  }
}

ProbeResult ProbeRunner::TryTcp(const agent::v1::TcpTarget& target, absl::Duration timeout) const {
  ProbeResult result;
  const std::string name = absl::StrCat(target.address(), ":", target.port());
  const absl::StatusOr<TcpAnswer> answer =
      ProbeTcp(target.address(), static_cast<int>(target.port()), timeout);
  if (!answer.ok()) {
    result.set_detail(absl::StrCat(name, " could not be tried: ", answer.status().message()));
    return result;
  }
  result.set_verdict(VerdictOf(answer->verdict));
  result.set_detail(answer->verdict == TcpVerdict::kAccepts
                        ? absl::StrCat(name, " accepts")
                        : absl::StrCat(name, ": ", answer->words));
  return result;
}

ProbeResult ProbeRunner::TryPing(absl::Duration timeout) const {
  ProbeResult result;
  const PingSpec& ping = *profile_.service_center_ping;
  const std::optional<ConfigurationDocument> document = configuration_.Parse();
  const absl::StatusOr<uint16_t> port =
      ResolvePort(ping.port, document.has_value() ? &*document : nullptr);
  if (!port.ok()) {
    result.set_detail(std::string(port.status().message()));
    return result;
  }
  const std::string name = absl::StrCat("http://", address_, ":", *port, ping.path);
  const absl::StatusOr<HttpAnswer> answer = ProbeHttp({address_, *port, ping.path, timeout});
  if (!answer.ok()) {
    const bool silent = absl::IsDeadlineExceeded(answer.status());
    result.set_verdict(silent ? plan::v1::SILENT : plan::v1::REFUSES);
    result.set_detail(absl::StrCat(name, ": ", answer.status().message()));
    return result;
  }
  const bool shows = ShowsPage(*answer, ping.text);
  result.set_verdict(shows ? plan::v1::ACCEPTS : plan::v1::REFUSES);
  result.set_detail(absl::StrCat(name, " answers ", answer->status_code,
                                 shows ? " with \"" : " without \"", ping.text, "\""));
  return result;
}

ProbeResult ProbeRunner::TryAmqp(const agent::v1::AmqpTarget& target,
                                 absl::Duration timeout) const {
  AmqpQuestion question;
  question.host = target.address();
  question.port = static_cast<int>(target.port());
  question.virtual_host = target.virtual_host();
  question.username = target.username();
  question.password = target.password();
  question.timeout = timeout;
  if (target.tls()) {
    question.tls = CurlTls();
    question.tls->name = target.tls_name();
    if (profile_.cache_tls.has_value()) question.tls->ca_file = profile_.cache_tls->ca_file;
  }
  ProbeResult result;
  const std::string name = absl::StrCat(target.address(), ":", target.port());
  const absl::StatusOr<AmqpAnswer> answer = ProbeAmqp(question);
  if (!answer.ok()) {
    result.set_detail(absl::StrCat(name, " could not be tried: ", answer.status().message()));
    return result;
  }
  result.set_verdict(VerdictOf(answer->verdict));
  result.set_detail(absl::StrCat(name, ": ", answer->words));
  return result;
}

ProbeResult ProbeRunner::Try(const agent::v1::ProbeTarget& target, absl::Duration timeout) const {
  switch (target.kind_case()) {
    case agent::v1::ProbeTarget::kPing:
      return TryPing(timeout);
    case agent::v1::ProbeTarget::kAmqp:
      return TryAmqp(target.amqp(), timeout);
    default:
      return TryTcp(target.tcp(), timeout);
  }
}

absl::StatusOr<agent::v1::ProbeReport> ProbeRunner::Probe(const agent::v1::ProbeRequest& request) {
  RETURN_IF_ERROR(Check(request));
  const size_t count = static_cast<size_t>(request.targets_size());
  std::vector<ProbeResult> results(count);
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) {
      const agent::v1::ProbeTarget& target = request.targets(static_cast<int>(i));
      results[i] = Try(target, TimeoutOf(request));
      *results[i].mutable_target() = Shown(target);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(count, kProbeThreadsMax); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  agent::v1::ProbeReport report;
  for (ProbeResult& result : results) *report.add_results() = std::move(result);
  return report;
}

}  // namespace baton
