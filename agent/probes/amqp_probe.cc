#include "agent/probes/amqp_probe.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "agent/probes/amqp_login.h"
#include "agent/probes/byte_relay.h"
#include "common/status/status.h"
#include "common/status/status_macros.h"

namespace baton {
namespace {

constexpr absl::string_view kProtocolHeader("AMQP\0\0\x09\x01", 8);
// A method frame of channel 0: what a broker that speaks AMQP 0-9-1 begins with.
constexpr absl::string_view kMethodFrame("\x01\0\0", 3);
constexpr absl::string_view kOtherVersion = "AMQP";
// A message that ends a TLS connection, of any version.
constexpr absl::string_view kTlsAlert("\x15\x03", 2);

// The codes with which brokers refuse (AMQP 0-9-1 specification; RabbitMQ).
constexpr int kAccessRefused = 403;
constexpr int kNotFound = 404;
constexpr int kNotAllowed = 530;

// A second look, which only tells kinds of refusal apart, takes no longer.
constexpr absl::Duration kSecondLookMax = absl::Seconds(3);

AmqpAnswer Refuses(std::string words) { return {TcpVerdict::kRefuses, std::move(words)}; }

std::string NoAnswer(const AmqpQuestion& question, absl::string_view before) {
  return absl::StrCat(before, "no answer within ", absl::FormatDuration(question.timeout));
}

absl::Status CheckText(absl::string_view what, absl::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " has ", text.size(), " bytes; at most ", bytes_max));
  }
  if (absl::StrContains(text, '\0')) {
    return absl::InvalidArgumentError(absl::StrCat(what, " holds a zero byte"));
  }
  return absl::OkStatus();
}

absl::Status CheckQuestion(const AmqpQuestion& question) {
  RETURN_IF_ERROR(CheckText("virtual host", question.virtual_host, kAmqpNameBytesMax));
  RETURN_IF_ERROR(CheckText("username", question.username, kAmqpNameBytesMax));
  return CheckText("password", question.password, kAmqpPasswordBytesMax);
}

// The other side's words are its own: it may repeat what it was told, in any bytes.
std::string Scrubbed(std::string words, const std::string& password) {
  if (!password.empty()) absl::StrReplaceAll({{password, "(secret)"}}, &words);
  const auto strange = [](unsigned char c) { return !absl::ascii_isprint(c); };
  std::replace_if(words.begin(), words.end(), strange, '?');
  return words;
}

// --- A second look ------------------------------------------------------------------------------

bool Accepts(const AmqpQuestion& question) {
  const absl::StatusOr<TcpAnswer> answer =
      ProbeTcp(question.host, question.port, std::min(question.timeout, kSecondLookMax));
  return answer.ok() && answer->verdict == TcpVerdict::kAccepts;
}

bool SpeaksTls(const AmqpQuestion& question) {
  CurlTls anyone;
  anyone.verify = false;
  const absl::StatusOr<CurlConnection::Attempt> attempt = CurlConnection::Open(
      question.host, question.port, anyone, std::min(question.timeout, kSecondLookMax));
  return attempt.ok() && attempt->connection != nullptr;
}

// What the other side says to the protocol header over a plain connection; nobody logs in.
std::string PlainGreeting(const AmqpQuestion& question) {
  const absl::Duration timeout = std::min(question.timeout, kSecondLookMax);
  const absl::StatusOr<CurlConnection::Attempt> attempt =
      CurlConnection::Open(question.host, question.port, std::nullopt, timeout);
  if (!attempt.ok() || attempt->connection == nullptr) return "";
  if (!attempt->connection->Send(kProtocolHeader).ok()) return "";
  return ReceiveFirstBytes(*attempt->connection, absl::Now() + timeout);
}

// --- Connecting ---------------------------------------------------------------------------------

AmqpAnswer WithoutTls(const AmqpQuestion& question, const CurlOutcome& outcome) {
  const std::string greeting = PlainGreeting(question);
  if (absl::StartsWith(greeting, kMethodFrame) || absl::StartsWith(greeting, kOtherVersion)) {
    return Refuses(absl::StrCat("speaks AMQP without TLS, and TLS was expected: ", outcome.words));
  }
  return Refuses(absl::StrCat("the TLS handshake failed: ", outcome.words));
}

AmqpAnswer NotTrusted(const AmqpQuestion& question, const CurlOutcome& outcome) {
  if (absl::StartsWith(outcome.words, "SSL certificate problem")) {
    return Refuses(absl::StrCat("its certificate is not trusted: ", outcome.words));
  }
  const std::string& name = question.tls->name.empty() ? question.host : question.tls->name;
  return Refuses(absl::StrCat("its certificate is not for ", name, ": ", outcome.words));
}

absl::StatusOr<AmqpAnswer> NotConnected(const AmqpQuestion& question, const CurlOutcome& outcome) {
  switch (outcome.kind) {
    case CurlOutcome::Kind::kTimedOut: {
      const bool in_tls = question.tls.has_value() && Accepts(question);
      return AmqpAnswer{TcpVerdict::kSilent,
                        NoAnswer(question, in_tls ? "accepts, then in TLS " : "")};
    }
    case CurlOutcome::Kind::kNotResolved:
      return absl::NotFoundError(outcome.words);
    case CurlOutcome::Kind::kNotConnected: {
      ASSIGN_OR_RETURN(TcpAnswer tcp, ClassifyConnectError(outcome.error_number));
      return AmqpAnswer{tcp.verdict, std::move(tcp.words)};
    }
    case CurlOutcome::Kind::kNotTrusted:
      return NotTrusted(question, outcome);
    case CurlOutcome::Kind::kNoTls:
      return WithoutTls(question, outcome);
    default:
      return absl::UnavailableError(outcome.words);
  }
}

// --- Logging in ---------------------------------------------------------------------------------

// Where it did not come to an answer of a broker.
AmqpAnswer NotABroker(const AmqpQuestion& question, const std::string& first_bytes) {
  const std::string shown = Scrubbed(absl::CHexEscape(first_bytes), question.password);
  if (!question.tls.has_value() &&
      (absl::StartsWith(first_bytes, kTlsAlert) || SpeaksTls(question))) {
    return Refuses("speaks TLS, and was spoken to without");
  }
  if (first_bytes.empty()) return Refuses("accepts, and ends the connection without a word");
  if (absl::StartsWith(first_bytes, kOtherVersion)) {
    return Refuses(
        absl::StrCat("speaks another version of AMQP than 0-9-1: it says \"", shown, "\""));
  }
  return Refuses(absl::StrCat("does not speak AMQP: it says \"", shown, "\""));
}

AmqpAnswer AnswerOf(const AmqpQuestion& question, const AmqpLogin& login,
                    const std::string& first_bytes) {
  const std::string user = absl::StrCat("user \"", question.username, "\"");
  const std::string virtual_host = absl::StrCat("virtual host \"", question.virtual_host, "\"");
  const bool broker = absl::StartsWith(first_bytes, kMethodFrame);
  switch (login.kind) {
    case AmqpLogin::Kind::kOpened:
      return {TcpVerdict::kAccepts, absl::StrCat(user, " opens ", virtual_host,
                                                 question.tls.has_value() ? " over TLS" : "")};
    case AmqpLogin::Kind::kClosed:
      if (login.code == kAccessRefused) {
        return Refuses(absl::StrCat("refuses name or password of ", user, ": ", login.words));
      }
      if (login.code == kNotAllowed || login.code == kNotFound) {
        return Refuses(absl::StrCat("refuses ", user, " the ", virtual_host, ": ", login.words));
      }
      return Refuses(absl::StrCat("ends the login: ", login.code, " ", login.words));
    case AmqpLogin::Kind::kNoPlain:
      return Refuses("offers no login by name and password (PLAIN)");
    case AmqpLogin::Kind::kTimedOut:
      return {TcpVerdict::kSilent, NoAnswer(question, broker ? "speaks AMQP, then to the login "
                                                             : "accepts, then in AMQP ")};
    case AmqpLogin::Kind::kFailed:
      break;
  }
  if (!broker) return NotABroker(question, first_bytes);
  return Refuses(absl::StrCat("speaks AMQP, and ends the connection at the login of ", user,
                              " without a word: ", login.words));
}

absl::StatusOr<AmqpAnswer> LogIn(const AmqpQuestion& question, CurlConnection& connection,
                                 absl::Time deadline) {
  ByteRelay relay(connection);
  ASSIGN_OR_RETURN(FileDescriptor near, relay.OpenNear());
  std::future<AmqpLogin> login =
      std::async(std::launch::async,
                 [&question, socket = std::move(near), timeout = deadline - absl::Now()]() mutable {
                   return LogInToAmqp(std::move(socket),
                                      {question.virtual_host, question.username, question.password},
                                      std::max(timeout, absl::Milliseconds(1)));
                 });
  const ByteRelay::End end = relay.Run(deadline);
  AmqpLogin result = login.get();
  result.words = Scrubbed(std::move(result.words), question.password);
  const bool late = end == ByteRelay::End::kDeadline && result.kind == AmqpLogin::Kind::kFailed;
  if (late) result.kind = AmqpLogin::Kind::kTimedOut;
  return AnswerOf(question, result, relay.first_bytes());
}

absl::StatusOr<AmqpAnswer> Ask(const AmqpQuestion& question) {
  RETURN_IF_ERROR(CheckQuestion(question));
  const absl::Time deadline = absl::Now() + question.timeout;
  ASSIGN_OR_RETURN(
      const CurlConnection::Attempt attempt,
      CurlConnection::Open(question.host, question.port, question.tls, question.timeout));
  if (attempt.connection == nullptr) return NotConnected(question, attempt.outcome);
  return LogIn(question, *attempt.connection, deadline);
}

}  // namespace

absl::StatusOr<AmqpAnswer> ProbeAmqp(const AmqpQuestion& question) {
  absl::StatusOr<AmqpAnswer> answer = Ask(question);
  if (!answer.ok()) {
    return Annotate(answer.status(),
                    absl::StrCat("speak AMQP to ", question.host, " port ", question.port));
  }
  return answer;
}

}  // namespace baton
