#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "deploy/lab/standin/line_client.h"

namespace baton::standin {

// A connection that a service or tool holds for as long as it lives: to the database, or to the
// Deployment Controller. It begins with a line of introduction and is kept alive by pings. Not
// thread-safe.
class Session {
 public:
  // `source` is the host's own address; `introduction` is the first line.
  Session(Endpoint peer, std::string source, std::string introduction)
      : peer_(std::move(peer)),
        source_(std::move(source)),
        introduction_(std::move(introduction)) {}

  // Connects and introduces itself. UNAVAILABLE if the peer is absent; FAILED_PRECONDITION with its
  // words if it refuses the introduction.
  absl::Status Open();

  // Pings, or opens the session again if it was lost. Errors as Open.
  absl::Status KeepAlive();

  // As LineClient::Call.
  absl::StatusOr<std::string> Call(absl::string_view line) { return client_.Call(line); }

  void Close() { client_.Disconnect(); }

 private:
  Endpoint peer_;
  std::string source_;
  std::string introduction_;
  LineClient client_;
};

}  // namespace baton::standin
