#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "deploy/lab/standin/socket.h"

namespace baton::standin {

// Connecting and asking block the caller's loop, so they are short.
inline constexpr absl::Duration kConnectTimeout = absl::Milliseconds(500);
inline constexpr absl::Duration kCallTimeout = absl::Milliseconds(1000);
inline constexpr size_t kLineBytesMax = 16 << 10;

// A connection to one of the stand-in's line servers (database, service, service manager): one line
// out, one line back. Answers are `ok`, `ok PAYLOAD` or `error WORDS`. After an UNAVAILABLE the
// connection is gone and Connect may be called again. Not thread-safe.
class LineClient {
 public:
  // UNAVAILABLE if nobody accepts within kConnectTimeout.
  absl::Status Connect(const Endpoint& endpoint, const std::string& source);
  absl::Status ConnectToUnixSocket(const std::string& path);

  // The payload of the answer to `line`. FAILED_PRECONDITION with the peer's words if it answers
  // with an error; UNAVAILABLE if it does not answer within `timeout`.
  absl::StatusOr<std::string> Call(absl::string_view line, absl::Duration timeout = kCallTimeout);

  // The whole answer line, whatever it is. Errors as Call.
  absl::StatusOr<std::string> Ask(absl::string_view line, absl::Duration timeout);

  bool connected() const { return socket_.open(); }
  void Disconnect() { socket_.Close(); }

 private:
  absl::Status Lost(absl::string_view why);

  FileDescriptor socket_;
  std::string peer_;
};

}  // namespace baton::standin
