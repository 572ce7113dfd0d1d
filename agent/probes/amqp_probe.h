#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "agent/probes/curl_connection.h"
#include "agent/probes/tcp_probe.h"

namespace baton {

// Limits of the protocol, and ours for a password.
inline constexpr size_t kAmqpNameBytesMax = 255;
inline constexpr size_t kAmqpPasswordBytesMax = 4096;

struct AmqpQuestion {
  std::string host;  // a name or an address, IPv6 without brackets
  int port = 5672;
  std::string virtual_host;
  std::string username;
  std::string password;        // never in an answer or an error
  std::optional<CurlTls> tls;  // unset: spoken to plainly
  absl::Duration timeout;
};

// What a message broker answers.
struct AmqpAnswer {
  TcpVerdict verdict = TcpVerdict::kSilent;
  std::string words;  // what came of it, for people, ending with the other side's words
};

// Logs in to a broker with AMQP 0-9-1 (PLAIN), opens the virtual host, and closes the connection:
// what the vendor's "Test Connection" stands for. kAccepts is for an opened virtual host alone;
// kRefuses for a broker that refuses login or virtual host, for what is not such a broker, for TLS
// where plain was expected or the other way round, and for a certificate that is not trusted or has
// another name; kSilent if nothing came within `timeout`. Each has words of its own. Takes at most
// about twice `timeout` where it looks a second time to tell them apart. What a broker sends is
// read up to librabbitmq's frame limit of 128 KiB.
//
// An error says that it could not be tried from here: those of ProbeTcp, and INVALID_ARGUMENT for
// names or a password over the limits or with a zero byte. Thread-safe.
absl::StatusOr<AmqpAnswer> ProbeAmqp(const AmqpQuestion& question);

}  // namespace baton
