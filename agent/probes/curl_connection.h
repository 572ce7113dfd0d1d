#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "agent/probes/curl_transfer.h"

namespace baton {

// How the other side proves who it is.
struct CurlTls {
  std::string name;     // that its certificate must have; empty: the host that is connected to
  std::string ca_file;  // PEM certificates that are trusted; empty: those of the system
  bool verify = true;   // false only to find out whether it speaks TLS at all
};

// A connection that carries bytes, plain or over TLS. Not thread-safe.
class CurlConnection {
 public:
  // Connects to `host` (a name or an address, IPv6 without brackets), TLS handshake included,
  // within `timeout`, name resolution included. On kDone `connection` is set. Errors are those of
  // RunCurl.
  struct Attempt {
    CurlOutcome outcome;
    std::unique_ptr<CurlConnection> connection;
  };
  static absl::StatusOr<Attempt> Open(const std::string& host, int port,
                                      const std::optional<CurlTls>& tls, absl::Duration timeout);

  ~CurlConnection();
  CurlConnection(const CurlConnection&) = delete;
  CurlConnection& operator=(const CurlConnection&) = delete;

  // To be waited for; never to be read or written directly.
  int socket() const { return socket_; }

  // Sends what can be sent without waiting, and returns how much that was. UNAVAILABLE if the
  // connection is gone.
  absl::StatusOr<size_t> Send(absl::string_view bytes);

  // Receives at most `size` bytes; nothing if there are none now, 0 bytes at the other side's end.
  // UNAVAILABLE if the connection is gone.
  absl::StatusOr<std::optional<size_t>> Receive(char* buffer, size_t size);

 private:
  struct Handles;
  CurlConnection(std::unique_ptr<Handles> handles, int socket);

  std::unique_ptr<Handles> handles_;
  int socket_;
};

}  // namespace baton
