#include "agent/probes/tcp_probe.h"

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "agent/probes/curl_transfer.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

absl::StatusOr<TcpAnswer> Classify(const CurlOutcome& outcome, absl::Duration timeout) {
  switch (outcome.kind) {
    case CurlOutcome::Kind::kDone:
      return TcpAnswer{TcpVerdict::kAccepts, ""};
    case CurlOutcome::Kind::kTimedOut:
      return TcpAnswer{TcpVerdict::kSilent,
                       absl::StrCat("no answer within ", absl::FormatDuration(timeout))};
    case CurlOutcome::Kind::kNotResolved:
      return absl::NotFoundError(outcome.words);
    case CurlOutcome::Kind::kNotConnected:
      return ClassifyConnectError(outcome.error_number);
    case CurlOutcome::Kind::kStopped:
    case CurlOutcome::Kind::kNotTrusted:
    case CurlOutcome::Kind::kNoTls:
    case CurlOutcome::Kind::kFailed:
      break;
  }
  return absl::InternalError(outcome.words);
}

}  // namespace

absl::StatusOr<TcpAnswer> ProbeTcp(const std::string& host, int port, absl::Duration timeout) {
  const std::string context = absl::StrCat("connect to ", host, " port ", port);
  const absl::StatusOr<CurlOutcome> outcome = RunCurl(host, port, "/", timeout, nullptr);
  if (!outcome.ok()) return Annotate(outcome.status(), context);
  absl::StatusOr<TcpAnswer> answer = Classify(*outcome, timeout);
  if (!answer.ok()) return Annotate(answer.status(), context);
  return answer;
}

absl::StatusOr<TcpAnswer> ClassifyConnectError(int error_number) {
  const absl::Status error = PosixError("connect", error_number);
  const std::string words(error.message());
  switch (error_number) {
    case ECONNREFUSED:
    case ECONNRESET:
      return TcpAnswer{TcpVerdict::kRefuses, words};
    // The last router, or this machine on the host's own network, gets no sign of it. A firewall
    // may say the same on purpose; neither shows that the host runs.
    case EHOSTUNREACH:
    case EHOSTDOWN:
    case ETIMEDOUT:
      return TcpAnswer{TcpVerdict::kSilent, words};
    default:
      return error;
  }
}

}  // namespace baton
